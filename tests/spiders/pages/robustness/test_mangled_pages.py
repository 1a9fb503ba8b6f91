"""F1 on mangled pages: none raises, none loses a row whose card is intact, and what a reader does not see
changes nothing. A new seed each run, in the head of the report; MANGLING_SEED repeats one."""

from __future__ import annotations

import gzip
import json
import os
import random
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import pytest
from bson import encode
from selectolax.lexbor import LexborNode

from sandbox.goods.catalogue import Catalogue
from sandbox.http.messages import Request
from sandbox.store import Store
from spiders.items.formats.plain import plain_from_item
from spiders.pages.document import Document, attribute
from spiders.pages.fetched import Fetched
from spiders.pages.lists.bestsellers import BestsellersPage
from spiders.pages.product import ProductPage
from spiders.pages.searches.search import SearchPage
from spiders.pages.status import PageStatus
from storage.base.connections import CODEC
from tests.spiders.pages.cases import MOMENT, all_cases
from tests.spiders.pages.robustness.mangling import Mangled, Mangler

SEED = os.environ["MANGLING_SEED"]
# Of this process; the same page unmangled takes a hundredth of it.
MAX_SECONDS = 0.5
MAX_SECONDS_OF_SAVED = 1.5
SHARED = Path(__file__).parents[5] / "shared" / "amazon-pages"
OLDER = SHARED.with_name("amazon-pages-legacy")
# With cards for 30 of 50 places, with all cards, with sales ranks, and without a place.
PRACTICE_LISTS = (
    "/gp/bestsellers/electronics", "/gp/bestsellers/beauty?pg=2&language=ar_AE", "/gp/movers-and-shakers/beauty",
    "/gp/new-releases/tools/3000004?language=ja_JP", "/gp/most-gifted/empty",
)  # fmt: skip
GRID = re.compile(r"<[a-z]+\b[^>]*data-client-recs-list=[^>]*>")

needs_pages = pytest.mark.skipif(
    not SHARED.is_dir(), reason="no saved pages in ../shared/amazon-pages"
)


@dataclass(frozen=True)
class Source:
    """A page before it is mangled."""

    name: str
    url: str
    # "search", "detail" or "list".
    kind: str
    html: str

    def fetched(self, body: bytes, encoding: str | None = None) -> Fetched:
        return Fetched(self.url, 200, {}, body, encoding)


@lru_cache(maxsize=1)
def own_pages() -> list[Source]:
    fixtures = [
        Source(
            case.name,
            case.meta["url"],
            case.meta["kind"],
            (case.folder / "input.html").read_text(encoding="utf-8"),
        )
        for case in all_cases()
        if case.meta["status"] == 200 and case.meta["kind"] in ("search", "detail")
    ]
    return [*fixtures, *practice_lists()]


def practice_lists() -> Iterator[Source]:
    store = Store(Catalogue(seed=1, products=2_000, max_blocks=0), clock=lambda: 0.0)
    for target in PRACTICE_LISTS:
        body = store.reply(Request("GET", target, {"host": "sandbox.test"})).body
        html = (body if isinstance(body, bytes) else body.identity()).decode()
        yield Source(target, f"https://sandbox.test{target}", "list", html)


def saved_pages() -> list[Source]:
    return [
        *saved_in(SHARED, lambda entry: entry["kind"] in ("search", "detail")),
        *saved_in(OLDER, lambda entry: "bestsellers" in entry["file"]),
    ]


def saved_in(folder: Path, is_wanted: Callable[[dict[str, Any]], bool]) -> list[Source]:
    manifest = folder / "manifest.jsonl"
    lines = manifest.read_text().splitlines() if manifest.is_file() else []
    return [
        Source(
            entry["file"],
            entry["url"],
            "list" if entry["kind"] == "other" else entry["kind"],
            gzip.decompress((folder / entry["file"]).read_bytes()).decode("utf-8", "replace"),
        )
        for entry in map(json.loads, lines)
        if is_wanted(entry)
    ]


def read(source: Source, fetched: Fetched) -> tuple[PageStatus, list[dict[str, Any]]]:
    if source.kind == "list":
        page = BestsellersPage(fetched, scraped_at=MOMENT)
        ranked = [plain_from_item(row) for row in page.rows()]
        _ = page.has_next, page.categories
        return page.status, ranked
    if source.kind == "search":
        search = SearchPage(fetched, scraped_at=MOMENT)
        rows = [plain_from_item(row) for row in search.rows()]
        _ = search.has_next, search.info
        return search.status, rows
    product = ProductPage(fetched, asked_asin="B0FIXTURE1", scraped_at=MOMENT)
    item = product.item()
    return product.status, [plain_from_item(item)] if item is not None else []


@lru_cache(maxsize=512)
def unmangled(source: Source) -> tuple[PageStatus, list[dict[str, Any]]]:
    return read(source, source.fetched(source.html.encode()))


def faults(source: Source, page: Mangled) -> Iterator[str]:
    started = time.process_time()
    status, rows = read(source, source.fetched(page.body, page.encoding))
    most = MAX_SECONDS if len(source.html) < 100_000 else MAX_SECONDS_OF_SAVED
    if (seconds := time.process_time() - started) > most:
        yield f"took {seconds:.1f} s"
    before_status, before = unmangled(source)
    if page.is_same and (status, rows) != (before_status, before):
        yield from differences(before_status, before, status=status, rows=rows)
    if source.kind == "list" and status is PageStatus.OK and not page.is_cut:
        yield from lost_places(source, page, rows)
    if source.kind == "search" and before_status is PageStatus.OK:
        if page.may_be_cut and status is PageStatus.TRUNCATED:
            return
        found = [row["asin"] for row in rows]
        lost = [] if page.is_cut else [asin for asin in page.intact if asin not in found]
        if lost:
            yield f"{status}: lost the rows of {lost}, found {found}"
    for row in rows:
        encode(row, codec_options=CODEC)
        json.dumps(row, default=float, allow_nan=False).encode("utf-8")


def lost_places(source: Source, page: Mangled, rows: list[Any]) -> Iterator[str]:
    """The page's data name all its places: where their tag is whole, so is the list."""
    tag = GRID.search(source.html)
    if page.encoding is None and tag is not None and tag.group().encode() in page.body:
        asins = [row["asin"] for row in unmangled(source)[1]]
        if asins and [row["asin"] for row in rows] != asins:
            yield f"{len(rows)} places instead of {len(asins)}"


def differences(
    before_status: PageStatus, before: list[Any], *, status: PageStatus, rows: list[Any]
) -> Iterator[str]:
    if status is not before_status or len(before) != len(rows):
        yield f"status {status} instead of {before_status}, {len(rows)} items instead of {len(before)}"
        return
    for was, row in zip(before, rows, strict=True):
        for name in was:
            if was[name] != row[name]:
                yield f"{name}: {was[name]!r:.200} became {row[name]!r:.200}"


def mangle_pages(
    sources: list[Source], count: int, *, kept: Callable[[str, bytes], None]
) -> list[str]:
    """What went wrong, at most ten of them, each with what repeats it."""
    found: list[str] = []
    for number in range(count):
        chance = random.Random(f"{SEED}:{number}")
        source = chance.choice(sources)
        page = Mangler(source.html, chance).mangle()
        try:
            wrong = list(faults(source, page))
        except Exception as error:  # noqa: BLE001 (each is a finding, with its page)
            wrong = [f"raised {type(error).__name__}: {error}"[:300]]
        if wrong:
            kept(f"{number}.html", page.body)
            found.append(
                f"MANGLING_SEED={SEED}, page {number}, {source.name}, {page.how}: {wrong[:3]}"
            )
        if len(found) == 10:
            break
    return found


@pytest.fixture
def kept(tmp_path: Path) -> Callable[[str, bytes], None]:
    """Keeps the pages that something went wrong with."""
    return lambda name, body: void((tmp_path / name).write_bytes(body))


def void(_: object) -> None:
    return None


def test_mangled_pages_raise_nothing_and_lose_no_intact_row(
    kept: Callable[[str, bytes], None],
) -> None:
    assert mangle_pages(own_pages(), 2_000, kept=kept) == []


def siblings_that_raise(document: Document) -> list[LexborNode]:
    slot = document.tree.css_first(".s-main-slot")
    return [n for n in slot.iter() if n.attrs.get("data-asin")] if slot is not None else []


def siblings_alone(document: Document) -> list[LexborNode]:
    slot = document.tree.css_first(".s-main-slot")
    return [n for n in slot.iter() if attribute(n, "data-asin")] if slot is not None else []


@pytest.mark.parametrize(
    ("broken", "finding"),
    [(siblings_that_raise, "raised TypeError"), (siblings_alone, "lost the rows")],
)
def test_a_fault_of_its_kind_is_found(
    broken: Callable[[Document], list[LexborNode]],
    finding: str,
    *,
    monkeypatch: pytest.MonkeyPatch,
    kept: Callable[[str, bytes], None],
) -> None:
    found = cached_property(broken)
    found.__set_name__(Document, "result_cards")
    monkeypatch.setattr(Document, "result_cards", found)
    searches = [source for source in own_pages() if source.kind == "search"]
    assert finding in "\n".join(mangle_pages(searches, 1_000, kept=kept))


@pytest.mark.chaos
@pytest.mark.timeout(3_600)
def test_fifty_thousand_mangled_pages(kept: Callable[[str, bytes], None]) -> None:
    assert mangle_pages(own_pages(), 50_000, kept=kept) == []


@needs_pages
@pytest.mark.slow
def test_mangled_pages_of_the_real_site(kept: Callable[[str, bytes], None]) -> None:
    assert mangle_pages(saved_pages(), 60, kept=kept) == []


@pytest.mark.chaos
@needs_pages
@pytest.mark.timeout(3_600)
def test_a_thousand_mangled_pages_of_the_real_site(kept: Callable[[str, bytes], None]) -> None:
    assert mangle_pages(saved_pages(), 1_000, kept=kept) == []
