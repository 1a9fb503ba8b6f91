"""Saved pages under their own hosts and paths, their gzip bytes untouched."""

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from sandbox import block_pages
from sandbox.http import paths
from sandbox.http.gzip_stream import GzipAssembler
from sandbox.http.messages import Reply, Request, normal_keyword
from sandbox.locales import locale_for
from sandbox.search.search_page import no_results_page
from sandbox.search.search_results import Results, query_from

ANY_HOST = "*"
_GZIP_MAGIC = b"\x1f\x8b"

Key = tuple[str, str, str]


class InvalidManifest(ValueError):
    """Raised at the start; the message names the line."""


@dataclass(frozen=True, slots=True)
class SavedPage:
    path: Path
    status: int
    kind: str

    def reply(self) -> Reply:
        body = self.path.read_bytes()
        return Reply(self.status, body, self.kind, is_gzip=body.startswith(_GZIP_MAGIC))


def site_of(host: str) -> str:
    return host.lower().removeprefix("www.")


def block_asin(order: int) -> str:
    """B000000001 for the first block page of the manifest."""
    return f"B{order:09d}"


def pages_from_manifest(folder: Path) -> dict[Key, list[SavedPage]]:
    pages: dict[Key, list[SavedPage]] = defaultdict(list)
    blocked = 0
    lines = (folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            page = SavedPage(folder / entry["file"], int(entry["status"]), entry["kind"])
            url = entry["url"]
        except (KeyError, TypeError, ValueError) as problem:
            raise InvalidManifest(f"manifest.jsonl, line {number}: {problem!r}") from problem
        if not page.path.is_file():
            raise InvalidManifest(f"manifest.jsonl, line {number}: no file {entry['file']!r}")
        if page.kind == "blocked":
            blocked += 1
            pages[ANY_HOST, "dp", block_asin(blocked)].append(page)
            continue
        key = key_of(url)
        if key is None:
            raise InvalidManifest(f"manifest.jsonl, line {number}: what is {url!r}?")
        pages[key].append(page)
        if entry.get("marketplace") == "?":
            pages[ANY_HOST, key[1], key[2]].append(page)
    return dict(pages)


def key_of(url: str) -> Key | None:
    parts = urlsplit(url)
    asin = paths.find_asin(parts.path)
    if asin:
        return site_of(parts.netloc), "dp", asin
    keyword = parse_qs(parts.query).get("k")
    if keyword and paths.is_search(parts.path):
        return site_of(parts.netloc), "s", normal_keyword(keyword[0])
    return None


class Replay:
    def __init__(self, folder: Path, *, variant: int = 0) -> None:
        self._pages = pages_from_manifest(folder)
        self._variant = variant
        self._assembler = GzipAssembler()

    def reply(self, request: Request) -> Reply:
        asin = paths.find_asin(request.path)
        if asin:
            return self._saved(request, "dp", asin)
        if paths.is_search(request.path):
            return self._search(request)
        return block_pages.not_found(locale_for(request.host, None))

    def find_neighbour(self, asin: str) -> str | None:
        """Saved pages are not redirected."""
        return None

    def find_facts(self, request: Request) -> None:
        """What saved pages say is for their labels to tell."""

    def _search(self, request: Request) -> Reply:
        query = query_from(request.query)
        found = self._saved(request, "s", normal_keyword(query.keyword))
        if found.status == 404 or query.page == 1:
            return found
        locale = locale_for(request.host, request.query.get("language"))
        page = self._assembler.page(no_results_page(Results(query, (), 1, 0, 0), locale))
        return Reply(200, page, "no_results")

    def _saved(self, request: Request, what: str, name: str) -> Reply:
        pages = self._pages.get((site_of(request.host), what, name)) or self._pages.get(
            (ANY_HOST, what, name)
        )
        if not pages:
            return block_pages.not_found(locale_for(request.host, request.query.get("language")))
        return pages[min(self._variant, len(pages) - 1)].reply()
