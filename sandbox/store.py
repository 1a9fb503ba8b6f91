"""The invented shop: searches, lists and products of the seeded catalogue."""

from collections.abc import Callable
from dataclasses import replace

from sandbox import answers, block_pages, chrome
from sandbox.glitches import Glitch
from sandbox.goods.catalogue import Catalogue
from sandbox.http import paths
from sandbox.http.gzip_stream import GzipAssembler, GzipPage, Segment
from sandbox.http.messages import Reply, Request
from sandbox.http.page_cache import PageCache
from sandbox.lists.list_page import list_page
from sandbox.lists.top_lists import ListQuery, find_list, list_query
from sandbox.locales import Locale, locale_for
from sandbox.product.product_page import product_page
from sandbox.search.landing_page import landing_page
from sandbox.search.narrowing import LANDING_NODE
from sandbox.search.search_page import search_page
from sandbox.search.search_results import find_results, query_from
from sandbox.truth import Facts, list_facts, product_facts, search_facts

CACHE_BYTES = 256 * 1024 * 1024


class Store:
    def __init__(self, catalogue: Catalogue, *, clock: Callable[[], float]) -> None:
        self._catalogue = catalogue
        self._clock = clock
        self._assembler = GzipAssembler()
        self._pages = PageCache(max_bytes=CACHE_BYTES)

    def reply(self, request: Request) -> Reply:
        """The page as a stranger without a session sees it."""
        reply = self.page(request, locale_for(request.host, request.query.get("language")))
        if isinstance(reply.body, GzipPage):
            return replace(reply, body=reply.body.followed_by(chrome.CLOSING))
        return reply

    def page(self, request: Request, locale: Locale) -> Reply:
        """Without its end, which is a visitor's own; see `chrome.CLOSING`."""
        asin = paths.find_asin(request.path)
        if asin:
            return self._product(request, locale, asin)
        if paths.is_search(request.path):
            return self._search(request, locale)
        top = list_query(request.path, request.query)
        if top is not None:
            return self._list(request, top, locale)
        if request.path == "/":
            return self._home(locale)
        return answers.find_reply(self._asked(request, locale)) or block_pages.not_found(locale)

    def find_neighbour(self, asin: str) -> str | None:
        product = self._catalogue.find(asin)
        return self._catalogue.neighbour(product).asin if product else None

    def find_facts(self, request: Request) -> Facts | None:
        """What the page of this request says; None where there is no such page."""
        return self.facts(request, locale_for(request.host, request.query.get("language")))

    def facts(self, request: Request, locale: Locale) -> Facts | None:
        asin = paths.find_asin(request.path)
        product = self._catalogue.find(asin) if asin else None
        if product:
            hour = self._hour()
            shown = self._catalogue.on_sale_at(product, hour)
            return product_facts(self._catalogue, shown, locale, hour)
        query = list_query(request.path, request.query)
        if query is not None:
            top = find_list(self._catalogue, query, self._hour())
            return list_facts(self._catalogue, top, locale, self._hour()) if top else None
        if not paths.is_search(request.path):
            return answers.find_facts(self._asked(request, locale))
        results = find_results(self._catalogue, query_from(request.query), locale, self._hour())
        return search_facts(self._catalogue, results, locale, self._hour())

    def _product(self, request: Request, locale: Locale, asin: str) -> Reply:
        product = self._catalogue.find(asin)
        if product is None:
            return block_pages.not_found(locale)
        host, hour, glitch = request.host, self._hour(), request.glitch
        if glitch is Glitch.OTHER_ASIN:
            product = self._catalogue.taken_for(product)

        def make() -> GzipPage:
            shown = self._catalogue.on_sale_at(product, hour)
            return self._open_page(
                product_page(self._catalogue, shown, locale, host=host, hour=hour, glitch=glitch)
            )

        key = (product.number, host, hour, glitch, *_key(locale))
        return Reply(200, self._pages.get(key, make), "product")

    def _search(self, request: Request, locale: Locale) -> Reply:
        query, hour = query_from(request.query), self._hour()
        if query.narrowing.is_landing and not query.keyword:
            return self._landing(request, locale)

        def make() -> GzipPage:
            results = find_results(self._catalogue, query, locale, hour)
            return self._open_page(search_page(self._catalogue, results, locale, hour=hour))

        key = (query, request.host, hour, *_key(locale))
        return Reply(200, self._pages.get(key, make), "search")

    def _landing(self, request: Request, locale: Locale) -> Reply:
        """A list of results of such a category is led to its landing page."""
        if paths.is_list_of_results(request.path):
            headers = (("Location", f"/b?node={LANDING_NODE}"),)
            return Reply(302, b"", "redirect", headers=headers)

        def make() -> GzipPage:
            return self._open_page(landing_page(self._catalogue, locale, hour=self._hour()))

        key = ("landing", self._hour(), *_key(locale))
        return Reply(200, self._pages.get(key, make), "landing")

    def _list(self, request: Request, query: ListQuery, locale: Locale) -> Reply:
        hour = self._hour()
        top = find_list(self._catalogue, query, hour)
        if top is None:
            return block_pages.not_found(locale)

        def make() -> GzipPage:
            return self._open_page(list_page(self._catalogue, top, locale, hour=hour))

        key = (query, request.host, hour, *_key(locale))
        return Reply(200, self._pages.get(key, make), "list")

    def _asked(self, request: Request, locale: Locale) -> answers.Asked:
        return answers.Asked(request, self._catalogue, locale, self._hour())

    def _home(self, locale: Locale) -> Reply:
        def make() -> GzipPage:
            return self._open_page(
                [chrome.head(locale), b"<title>sandbox</title>", chrome.navigation(locale), b""]
            )

        return Reply(200, self._pages.get(("home", *_key(locale)), make), "home")

    def _open_page(self, parts: list[Segment | bytes]) -> GzipPage:
        return self._assembler.page([*parts[:-1], chrome.open_foot()])

    def _hour(self) -> int:
        return int(self._clock() // 3600)


def _key(locale: Locale) -> tuple[str, ...]:
    return locale.code, locale.currency.code, locale.place.country, locale.place.shown
