"""Loads the project's spiders; one that cannot be imported is one line that names it."""

from __future__ import annotations

import traceback

from scrapy.spiderloader import SpiderLoader
from scrapy.utils.misc import walk_modules_iter

from settings.config import current_config
from settings.secret_texts import without_secrets

OWN_MODULE = "spiders.own"


class SpiderModuleError(SystemExit):
    """Ends the command, with its message as the one line on stderr."""


class ProjectSpiderLoader(SpiderLoader):
    """Not only ImportError and SyntaxError: whatever a module raises while it is imported."""

    def _load_all_spiders(self) -> None:
        for name in self.spider_modules:
            try:
                for module in walk_modules_iter(name):
                    self._load_spiders(module)
            except Exception as error:  # noqa: BLE001 (a stranger's module may raise anything)
                raise SpiderModuleError(
                    f"azscraper: {_setting_of(name)}: {name} cannot be imported: {_reason(error)}"
                ) from None
        self._check_name_duplicates()


def _setting_of(module: str) -> str:
    if module in current_config().extra_spider_modules:
        return "EXTRA_SPIDER_MODULES"
    return "a spider" if module == OWN_MODULE else "SPIDER_MODULES"


def _reason(error: Exception) -> str:
    text = f"{type(error).__name__}: {error}"
    if not isinstance(error, SyntaxError) and (place := _place_of(error)):
        text = f"{text} ({place})"
    return without_secrets(" ".join(text.split()))


def _place_of(error: Exception) -> str:
    """The last line of a module that was run, without Python's own importing and Scrapy's."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [
        frame
        for frame in frames
        if "importlib" not in frame.filename
        and "/scrapy/" not in frame.filename
        and frame.filename != __file__
    ]
    return f"{own[-1].filename}, line {own[-1].lineno}" if own else ""
