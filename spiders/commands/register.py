"""`scrapy register`: makes the spiders of this machine known to the service. Run where a node starts."""

from __future__ import annotations

import argparse
import inspect
import sys
from pathlib import Path

from scrapy import Spider
from scrapy.commands import ScrapyCommand
from scrapy.spiderloader import SpiderLoader

from settings.config import current_config
from spiders.arguments import offered_arguments
from spiders.pages.version import PARSER_VERSION
from storage.base.backoff import when_storage_is_back
from storage.base.connections import connect_mongo, open_database
from storage.runs.spiders import DeployedSpider, Spiders

PATIENCE_SECONDS = 600.0


class Command(ScrapyCommand):
    requires_project = True
    requires_crawler_process = False

    def short_desc(self) -> str:
        return "Make the spiders of this machine known to the service"

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        loader = SpiderLoader.from_settings(self.settings)
        deployed = [deployed_from_spider(loader.load(name)) for name in loader.list()]
        config = current_config()
        client = connect_mongo(config)
        spiders = Spiders(open_database(client, config))
        version = config.version_label or PARSER_VERSION
        # The start order of the machines does not matter.
        when_storage_is_back(
            lambda: spiders.register(deployed, version=version), patience_seconds=PATIENCE_SECONDS
        )
        client.close()
        print("Registered:", ", ".join(spider.name for spider in deployed))


def deployed_from_spider(spider: type[Spider]) -> DeployedSpider:
    return DeployedSpider(
        name=spider.name,
        repo_path=_repo_path(spider),
        arguments=offered_arguments(spider),
        description=(inspect.getdoc(spider) or "").partition("\n")[0][:500],
    )


def _repo_path(spider: type[Spider]) -> str:
    """The file as a path from the root that it is imported from."""
    module = sys.modules[spider.__module__]
    file = Path(str(module.__file__))
    return file.relative_to(file.parents[spider.__module__.count(".")]).as_posix()
