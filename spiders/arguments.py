"""Which `-a` arguments a spider takes."""

from __future__ import annotations

import inspect

from scrapy import Spider

# What Scrapy and scrapyd pass by themselves is never a user's to give.
RESERVED = frozenset(
    {"self", "name", "args", "kwargs", "arguments", "settings", "crawler", "job_id"}
)


def declared_arguments(spider: type[Spider]) -> list[str]:
    """The names in its `arguments` attribute, else those of its constructors."""
    declared = spider.__dict__.get("arguments")
    if declared is None:
        declared = [
            name
            for kind in inspect.getmro(spider)
            if issubclass(kind, Spider) and "__init__" in kind.__dict__
            for name in inspect.signature(kind.__init__).parameters
        ]
    names = dict.fromkeys(str(name) for name in declared)
    return [name for name in names if not is_reserved(name)]


def offered_arguments(spider: type[Spider]) -> list[str]:
    """Those that a job may give: without the spider's `local_arguments`, which read this machine."""
    local = getattr(spider, "local_arguments", ())
    return [name for name in declared_arguments(spider) if name not in local]


def is_reserved(name: str) -> bool:
    return name in RESERVED or name.startswith("_")
