"""`scrapy extract`: saved pages to items, offline; needs neither Redis nor MongoDB."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from spiders.commands.coverage import coverage_page, read_scores
from spiders.items.formats.plain import plain_from_item
from spiders.pages.document import canonical_url
from spiders.pages.fetched import Fetched
from spiders.pages.reading import PageReading, page_module
from spiders.pages.status import PageStatus, failure_from_status
from spiders.pages.trace import Sources
from spiders.parsing.decoding.content_coding import BadBody, CutBody, decoded
from spiders.types.job_type import PageType
from spiders.types.registry import FALLBACK, PAGE_TYPES, type_of_address
from spiders.work.failures import FAILURES

_MAX_BYTES = 256 * 1024 * 1024
_UNKNOWN_KIND = "other"


@dataclass(frozen=True, slots=True)
class SavedPage:
    """`name` is how the caller called it, and how the answer will. `kind`: which page it is, where that is
    known."""

    name: str
    path: Path
    url: str
    status: int
    kind: str | None = None

    def fetched(self) -> Fetched:
        try:
            body, is_cut = decoded(self.path.read_bytes(), [], max_bytes=_MAX_BYTES), False
        except CutBody:
            body, is_cut = b"", True
        except BadBody as error:
            raise UsageError(f"{self.name}: {error}") from error
        return Fetched(url=self.url, status=self.status, headers={}, body=body, is_cut=is_cut)


class Command(ScrapyCommand):
    requires_project = False
    # Without a crawler process no reactor is installed: a file is read and printed, that is all.
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}  # noqa: RUF012 (Scrapy's own declaration)

    def syntax(self) -> str:
        return (
            "--manifest M | FILE... --url URL [--status N] | --explain FILE [--url URL]"
            " | --coverage DIR [--scores FILE]"
        )

    def short_desc(self) -> str:
        return "Read saved pages into items, one JSON line a page"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--manifest", type=Path, help="JSON lines with file, url, status, kind")
        parser.add_argument("--url", help="address the files were fetched from")
        parser.add_argument("--status", type=int, default=200, help="HTTP status (200)")
        parser.add_argument("--lang", help="language that was asked for, such as de-DE")
        parser.add_argument(
            "--explain",
            metavar="FILE",
            type=Path,
            help="show for each field which source won and what the others said",
        )

        parser.add_argument(
            "--coverage",
            metavar="DIR",
            type=Path,
            help="of labelled pages (DIR/manifest.jsonl): Markdown that says on how many of them"
            " each field is present, and how often right",
        )
        parser.add_argument("--scores", type=Path, help="the scorer's JSON, for --coverage")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if opts.coverage:
            write_coverage(opts.coverage, scores=opts.scores, out=sys.stdout)
            return
        if opts.explain:
            explain(_saved_page(opts.explain, opts), out=sys.stdout)
            return
        if bool(opts.manifest) == bool(args):
            raise UsageError("give either --manifest or files")
        pages = (
            pages_of_manifest(opts.manifest)
            if opts.manifest
            else [_saved_page(Path(name), opts) for name in args]
        )
        write_answers(pages, out=sys.stdout, lang=opts.lang)


def pages_of_manifest(manifest: Path, *, only_labelled: bool = False) -> Iterator[SavedPage]:
    for line in manifest.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line) if line.strip() else {}
        if entry and (entry.get("label") or not only_labelled):
            path = manifest.parent / entry["file"]
            status, kind = entry.get("status") or 200, entry.get("kind")
            yield SavedPage(entry["file"], path, entry["url"], status, kind)


def write_coverage(folder: Path, *, scores: Path | None, out: TextIO) -> None:
    manifest = folder / "manifest.jsonl"
    if not manifest.is_file():
        raise UsageError(f"no such file: {manifest}")
    if scores is not None and not scores.is_file():
        raise UsageError(f"no such file: {scores}")
    answers = (answer_for(page) for page in pages_of_manifest(manifest, only_labelled=True))
    out.write(coverage_page(answers, read_scores(scores)))


def write_answers(pages: Iterable[SavedPage], *, out: TextIO, lang: str | None = None) -> None:
    for page in pages:
        answer = answer_for(page, lang=lang)
        out.write(json.dumps(answer, ensure_ascii=False, default=_json_number) + "\n")


def answer_for(page: SavedPage, *, lang: str | None = None) -> dict[str, Any]:
    fetched = page.fetched()
    known = _page_type(page, fetched)
    reading = _read(page, fetched, known or _fallback(), lang=lang)
    return {
        "file": page.name,
        "pageStatus": reading.status.value,
        "kind": known.kind if known else _UNKNOWN_KIND,
        "items": [plain_from_item(item) for item in reading.items],
        "error": _error_of(reading.status),
        "hasNext": reading.has_next,
        **reading.facts,
    }


def explain(page: SavedPage, *, out: TextIO) -> None:
    """One block a field: the winner marked, then what every other source said."""
    sources = Sources(explain=True)
    fetched = page.fetched()
    reading = _read(page, fetched, _page_type(page, fetched) or _fallback(), sources=sources)
    out.write(f"status: {reading.status.value}, {reading.summary}\n")
    for field, answers in (sources.said or {}).items():
        winner = next((name for name, value in answers if value is not None), None)
        out.write(f"{field}\n")
        for name, value in answers:
            mark = "*" if name == winner else " "
            out.write(f"  {mark} {name}: {_shortened(value)}\n")


def _read(
    page: SavedPage,
    fetched: Fetched,
    kind: PageType,
    *,
    lang: str | None = None,
    sources: Sources | None = None,
) -> PageReading:
    return page_module(kind).read_page(fetched, url=page.url, lang=lang, sources=sources)


def _page_type(page: SavedPage, fetched: Fetched) -> PageType | None:
    """By what the caller says the page is, then by its address. A page that is said to be another one than
    its address tells (`other`) is known by the address that it names itself."""
    named = next((one for one in PAGE_TYPES.values() if one.kind == page.kind), None)
    if named is None and page.kind == _UNKNOWN_KIND:
        named = _type_at(canonical_url(fetched))
    return named or _type_at(page.url)


def _type_at(url: str | None) -> PageType | None:
    known = type_of_address(url) if url else None
    return known.page if known is not None else None


def _fallback() -> PageType:
    assert FALLBACK.page is not None
    return FALLBACK.page


def _saved_page(path: Path, opts: argparse.Namespace) -> SavedPage:
    if not path.is_file():
        raise UsageError(f"no such file: {path}")
    if not opts.url:
        raise UsageError("--url says which store and which kind of page the file is")
    return SavedPage(str(path), path, opts.url, opts.status)


def _error_of(status: PageStatus) -> dict[str, str] | None:
    code = failure_from_status(status)
    return None if code is None else {"code": code.value, "message": FAILURES[code].message}


def _json_number(value: Any) -> float | str:
    return float(value) if isinstance(value, Decimal) else str(value)


def _shortened(value: Any, *, width: int = 160) -> str:
    text = repr(value)
    return text if len(text) <= width else f"{text[:width]}…"
