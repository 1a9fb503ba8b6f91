"""`scrapy probe`: does this exit work? Asks a store a few questions; needs neither Redis nor MongoDB."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any, NoReturn

from scrapy.commands import ScrapyCommand
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.exceptions import UsageError

from settings.config import current_config
from spiders.base import BadArgument
from spiders.probe.findings import Findings
from spiders.probe.proxies import BadProxy, proxies_from_texts, stored_proxies
from spiders.probe.spider import ProbeSpider
from spiders.probe.text import lines_of
from spiders.probe.verdict import Verdict, overall, verdict_of
from storage.base.away import StorageAway

# The codes 0 to 2 are a verdict.
WRONG_ARGUMENTS = 64


class Command(ScrapyCommand):
    requires_project = True
    # It is made once the arguments are known to be right: its event loop would complain of an early end.
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}  # noqa: RUF012 (Scrapy's own declaration)

    def syntax(self) -> str:
        return "MARKETPLACE [--deliver-to PLACE] [--currency CODE] [--proxy URL]"

    def short_desc(self) -> str:
        return "Ask a store what it answers this exit: pages or blocks, language, place, prices"

    def long_desc(self) -> str:
        return (
            "At most six requests an exit, at the marketplace's pace. Exit code: 0 works, 1 works with "
            "limits, 2 blocked, 64 wrong arguments. MARKETPLACE: DE, amazon.de, sandbox."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--deliver-to", default="", metavar="PLACE", help="10115, or a country: CH"
        )
        parser.add_argument("--currency", default="", metavar="CODE", help="EUR")
        parser.add_argument("--lang", default="", help="language of the pages, such as de-DE")
        parser.add_argument("--asin", default="", help="this product, and no search")
        parser.add_argument(
            "--proxy", action="append", default=[], metavar="URL", help="repeatable"
        )
        parser.add_argument(
            "--proxies", action="store_true", help="all that the operator has stored"
        )
        parser.add_argument(
            "--shared-pace",
            action="store_true",
            help="count with the requests of running crawlers (Redis); `manage probe` does so",
        )
        parser.add_argument("--json", action="store_true", help="one JSON line an exit")
        # Its own code 2 would say "blocked".
        parser.error = _usage_error  # type: ignore[method-assign]

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        try:
            super().process_options(args, opts)
        except UsageError as error:
            _usage_error(str(error))

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        unknown = next((arg for arg in args if arg.startswith("-")), None)
        if unknown:
            _usage_error(f"there is no option {unknown!r}; see scrapy probe --help")
        if len(args) != 1:
            _usage_error("give one marketplace: scrapy probe DE")
        try:
            exits = proxies_from_texts(opts.proxy)
            if opts.proxies:
                exits += stored_proxies(current_config())
        except BadProxy as error:
            _usage_error(str(error))
        except StorageAway as error:
            _usage_error(f"the stored proxies cannot be read from MongoDB: {_first_words(error)}")
        verdicts: list[Verdict] = []

        def tell(findings: Findings) -> None:
            verdict = verdict_of(findings)
            verdicts.append(verdict)
            _show(findings, verdict, as_json=opts.json)

        arguments = {
            "marketplace": args[0],
            "lang": opts.lang,
            "deliver_to": opts.deliver_to,
            "currency": opts.currency,
            "asin": opts.asin,
            "exits": exits,
            "has_shared_pace": opts.shared_pace,
            "on_findings": tell,
        }
        self._crawl(arguments)
        if not verdicts:
            _usage_error("the probe ended without an answer; see the log with -s LOG_ENABLED=1")
        self.exitcode = int(overall(verdicts))

    def _crawl(self, arguments: dict[str, Any]) -> None:
        assert self.settings is not None
        # The probe keeps to the marketplace's pace itself, over all proxies together.
        self.settings.set("DOWNLOAD_DELAY", 0.0, priority="cmdline")
        try:
            # Made here as well: inside Scrapy's event loop an error is a lost task's.
            ProbeSpider.from_crawler(Crawler(ProbeSpider, self.settings), **arguments)
        except BadArgument as error:
            _usage_error(str(error))
        process = AsyncCrawlerProcess(self.settings)
        process.crawl(ProbeSpider, **arguments)
        process.start()


def _show(findings: Findings, verdict: Verdict, *, as_json: bool) -> None:
    if as_json:
        answer = {
            "verdict": verdict.level.name.lower(),
            "summary": verdict.line,
            "advice": list(verdict.advice),
            **findings.to_dict(),
        }
        print(json.dumps(answer, ensure_ascii=False), flush=True)
    else:
        print("\n".join(lines_of(findings, verdict)), flush=True)


def _first_words(error: Exception) -> str:
    """Without pymongo's description of its whole topology."""
    return str(error).partition(" (configured")[0][:300]


def _usage_error(message: str) -> NoReturn:
    print(f"error: {message}", file=sys.stderr)
    raise SystemExit(WRONG_ARGUMENTS)
