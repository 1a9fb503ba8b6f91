"""What extraction costs beside the bare parse of the same bodies, and whether memory stays flat.

    python bench/extraction.py [--pages ../shared/amazon-pages] [--lists ../shared/amazon-pages-legacy] [--rounds 15] [--profile FILE] [--memory 10000]

Both sides of a ratio are measured in this one run, interleaved, in CPU time of this process, so
that a busy machine disturbs them alike. A page's figure is the least of its rounds, since what
disturbs a round only adds to it; a kind's figures are medians over its labelled pages.
"""

from __future__ import annotations

import argparse
import cProfile
import gzip
import json
import pstats
import resource
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from spiders.items.formats.plain import plain_from_item  # noqa: E402
from spiders.pages.fetched import Fetched  # noqa: E402
from spiders.pages.lists.bestsellers import BestsellersPage  # noqa: E402
from spiders.pages.product import ProductPage  # noqa: E402
from spiders.pages.searches.search import SearchPage  # noqa: E402

# A search's first page is read for what the search can be narrowed down by as well, the others are not.
FIRST_PAGE = "first page of a search"
LIST = "list"
LIMITS = {"detail": 2.0, "search": 2.5, FIRST_PAGE: None, LIST: 2.5}


@dataclass(frozen=True)
class Page:
    name: str
    kind: str
    fetched: Fetched


def load_pages(folder: Path, *, kinds: Sequence[str] = ("detail", "search")) -> list[Page]:
    lines = (folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    entries = [json.loads(line) for line in lines if line.strip()]
    return [
        Page(
            Path(entry["file"]).name,
            entry["kind"],
            Fetched(entry["url"], 200, {}, gzip.decompress((folder / entry["file"]).read_bytes())),
        )
        for entry in entries
        if entry["kind"] in kinds
    ]


def load_lists(folder: Path) -> list[Page]:
    """Pages of best sellers and their kin; those of other kinds lie beside them."""
    pages = load_pages(folder, kinds=("other",)) if folder.is_dir() else []
    lists = (replace(page, kind=LIST) for page in pages)
    return [page for page in lists if extract(page)]


def extract(page: Page) -> int:
    """Body to finished items; returns how many."""
    if page.kind in ("search", FIRST_PAGE):
        results = SearchPage(page.fetched, reads_offered=page.kind == FIRST_PAGE)
        rows = results.rows()
        _ = results.has_next
        return len(rows)
    if page.kind == LIST:
        found = BestsellersPage(page.fetched)
        ranked = found.rows()
        _ = found.has_next
        return len(ranked)
    return int(ProductPage(page.fetched).item() is not None)


def cpu_milliseconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return 1000 * (time.process_time() - start)


def measure(page: Page, rounds: int) -> tuple[float, float]:
    body = page.fetched.body
    bare, whole = [], []
    for _ in range(rounds):
        bare.append(cpu_milliseconds(lambda: LexborHTMLParser(body)))
        whole.append(cpu_milliseconds(lambda: extract(page)))
    return min(bare), min(whole)


def report(kind: str, pages: list[Page], *, rounds: int) -> None:
    figures = [measure(page, rounds) for page in pages]
    bare = statistics.median(b for b, _ in figures)
    whole = statistics.median(w for _, w in figures)
    ratio = statistics.median(w / b for b, w in figures)
    limit = LIMITS[kind]
    size = statistics.median(len(page.fetched.body) for page in pages) / 1e6
    print(
        f"{kind}: {len(pages)} pages, median {size:.1f} MB, bare parse {bare:.2f} ms,"
        f" items {whole:.2f} ms, {whole / bare:.2f} x"
        f" (median of the pages' own ratios {ratio:.2f}{f'; aim {limit}' if limit else ''})"
    )


def profile(pages: list[Page], target: Path) -> None:
    profiler = cProfile.Profile(time.process_time)
    profiler.enable()
    for page in pages:
        extract(page)
    profiler.disable()
    with target.open("w", encoding="utf-8") as out:
        pstats.Stats(profiler, stream=out).strip_dirs().sort_stats("tottime").print_stats(40)


def resident_megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def watch_memory(pages: list[Page], count: int) -> None:
    step = max(1, count // 10)
    for done in range(count):
        page = pages[done % len(pages)]
        if page.kind == "detail":
            item = ProductPage(page.fetched).item()
            _ = plain_from_item(item) if item is not None else None
        else:
            _ = [plain_from_item(row) for row in SearchPage(page.fetched).rows()]
        if (done + 1) % step == 0:
            print(f"after {done + 1} pages: {resident_megabytes():.0f} MB resident")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--pages", type=Path, default=PROJECT.parent / "shared" / "amazon-pages")
    parser.add_argument(
        "--lists", type=Path, default=PROJECT.parent / "shared" / "amazon-pages-legacy"
    )
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--profile", type=Path)
    parser.add_argument("--memory", type=int, default=0, metavar="PAGES")
    options = parser.parse_args()
    if not options.pages.is_dir():
        print(f"no pages in {options.pages}", file=sys.stderr)
        return 1
    pages = load_pages(options.pages)
    searches = [page for page in pages if page.kind == "search"]
    lists = load_lists(options.lists)
    measured = [*pages, *(replace(page, kind=FIRST_PAGE) for page in searches), *lists]
    for kind in LIMITS:
        if of_kind := [page for page in measured if page.kind == kind]:
            report(kind, of_kind, rounds=options.rounds)
    if options.profile:
        profile([*pages, *lists], options.profile)
    if options.memory:
        watch_memory(pages, options.memory)
    return 0


if __name__ == "__main__":
    sys.exit(main())
