"""The questions of a probe, by one exit: at most six requests, in a row, at the marketplace's pace."""

from __future__ import annotations

import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.http import Response

from spiders.extensions.browser_pages import BROWSER, BrowserVisitor
from spiders.middlewares.failed_download import FailedDownload
from spiders.middlewares.robots import RESPECT_ROBOTS
from spiders.pages.classify import PageKind, page_status
from spiders.pages.document import Document
from spiders.pages.fetched import Fetched
from spiders.pages.location_dialogue import CHOICE_PATH, FORM_PATH
from spiders.pages.place import deliver_to
from spiders.pages.place_shown import PlaceProof, place_proof
from spiders.pages.product import ProductPage
from spiders.pages.searches.search import SearchPage
from spiders.pages.status import failure_from_status
from spiders.probe.findings import KEPT_OUT, LET_IN, NOT_TRIED, Findings, Offer, Step
from spiders.sites.marketplaces import Locale
from spiders.sites.urls import product_url, search_url
from spiders.visitors.cookies import apply_changes, changes_from_headers, cookie_header
from spiders.visitors.dialogue import Dialogue, DialogueFailed
from spiders.visitors.visitor import Asked
from spiders.work.failures import FAILURES, FailureCode

MAX_REQUESTS = 6
KEYWORD = "usb cable"

_JSON_PATH = urlsplit(CHOICE_PATH).path
_ROBOTS_PATHS = {"search": "/s?k=a", "products": "/dp/B000000000", "place dialogue": CHOICE_PATH}
_STEPS = {"/": "home", "/robots.txt": "robots", _JSON_PATH: "json", FORM_PATH: "form"}

_NO_CRAWL_PAGES = frozenset({"home", "dialogue", "json", "form"})
_NO_PROOF = frozenset({FailureCode.EMPTY_PAGE, FailureCode.STRIPPED_PAGE, FailureCode.PARSE_ERROR})

Download = Callable[[Request], Awaitable[Response]]
ReadPage = Callable[[Response], Fetched]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a store, whatever the exit."""

    locale: Locale
    asked: Asked
    asin: str | None
    user_agent: str
    obey_robots: bool
    headers: Mapping[str, str]

    @property
    def has_visitor(self) -> bool:
        return bool(self.asked.place or self.asked.currency)


class OutOfRequests(Exception):
    """Raised where one more request would be too many; the probe ends with what it has."""


class ExitProbe:
    """`download` sends a request of ours as a crawl would; `read` makes a page of a response."""

    def __init__(
        self,
        question: Question,
        *,
        exit_name: str,
        download: Download,
        read: ReadPage,
        meta: Mapping[str, Any],
    ) -> None:
        self._question = question
        self._download = download
        self._read = read
        # The probe judges robots.txt itself: Scrapy's middleware would read it by another exit.
        self._meta = {**meta, RESPECT_ROBOTS: False}
        self._robots: Protego | None = None
        self._is_closed = False
        self._cookies: dict[str, str] = {}
        asked = question.asked
        self.findings = Findings(
            exit=exit_name,
            marketplace=asked.marketplace.code,
            user_agent=question.user_agent,
            language_asked=asked.language.replace("_", "-"),
            place_asked=asked.place.text if asked.place else None,
            currency_asked=asked.currency,
        )

    async def run(self) -> Findings:
        with suppress(OutOfRequests):
            await self._ask()
        return self.findings

    async def _ask(self) -> None:
        if self._question.obey_robots:
            self._is_closed = not await self._read_robots()
        if self._question.has_visitor:
            self._cookies.update(self._question.asked.first_cookies())
        dialogue = self._dialogue()
        if self._question.asked.place and not await self._choose(dialogue):
            return
        proof = await self._pages()
        if proof is PlaceProof.OTHER and not self.findings.has_needed_form:
            await self._choose_by_form(dialogue)
        if not self._question.obey_robots and self._left > 0 and self.findings.is_reached:
            await self._read_robots()

    async def try_browser(self) -> None:
        """Whether the browser of `engine: auto` is let in, where a script challenge stands."""
        if self._left <= 0:
            self.findings.browser = NOT_TRIED
            self.findings.browser_reason = f"{MAX_REQUESTS} requests were made"
            return
        locale, asked = self._question.locale, self._question.asked
        visitor = BrowserVisitor(secrets.token_hex(8), locale.language, asked.first_cookies())
        url = search_url(locale.marketplace, KEYWORD, language=locale.language)
        request = Request(url, headers=dict(self._question.headers), dont_filter=True)
        request.meta.update({**self._meta, BROWSER: visitor})
        response = await self._send(request)
        step = self.findings.steps[-1]
        if not step.code:
            page = SearchPage(self._read(response), keyword=KEYWORD, lang=locale.lang)
            self._judge(step, failure_from_status(page.status))
        self.findings.browser = KEPT_OUT if step.code else LET_IN
        self.findings.browser_reason = step.message

    @property
    def _left(self) -> int:
        return MAX_REQUESTS - len(self.findings.steps)

    def _dialogue(self) -> Dialogue:
        return Dialogue(
            self._question.asked,
            self._send,
            cookies=self._cookies,
            headers=dict(self._question.headers),
            meta=self._meta,
        )

    async def _choose(self, dialogue: Dialogue) -> bool:
        """Whether it is worth asking for pages: a block page says that it is not."""
        try:
            self.findings.has_needed_form = await dialogue.choose()
        except DialogueFailed as error:
            self.findings.place_problem = error.message
            self.findings.place_problem_code = str(error.code)
            is_first = len(self.findings.steps) == 1
            return not (is_first and self.findings.steps[0].code)
        return True

    async def _choose_by_form(self, dialogue: Dialogue) -> None:
        """The JSON address changed nothing. The page is asked for again where requests are left."""
        if self._left < 2 or not dialogue.token:
            return
        try:
            answer = await dialogue.choose_by_form()
        except DialogueFailed:
            # That the page shows another place is told anyway.
            return
        self.findings.has_needed_form = answer.is_accepted
        if answer.is_accepted:
            await self._pages(only_one=True)

    async def _pages(self, *, only_one: bool = False) -> PlaceProof | None:
        """The pages of a crawl: a search and its first result, or the product that was named.

        What the last of them says of its place; None where none came.
        """
        asin, proof = self._question.asin, None
        offer = self.findings.offer
        if asin is None and not (only_one and offer):
            asin, proof = await self._search()
        elif asin is None and offer:
            asin = offer.asin
        # One request is left for the form address and one for its proof, unless the place is there.
        needs_proof = self._question.asked.place and proof is not PlaceProof.CONFIRMED
        spare = 0 if only_one or not needs_proof or proof is None else 2
        if asin is not None and self._left > spare:
            proof = await self._product(asin) or proof
        return proof

    async def _search(self) -> tuple[str | None, PlaceProof | None]:
        locale, question = self._question.locale, self._question
        url = search_url(locale.marketplace, KEYWORD, language=locale.language)
        response, step = await self._page(url)
        if step.code:
            return None, None
        page = SearchPage(self._read(response), keyword=KEYWORD, lang=locale.lang)
        self._judge(step, failure_from_status(page.status))
        if step.code:
            return None, None
        rows = page.rows()
        priced = [row for row in rows if row.price is not None]
        self.findings.rows, self.findings.rows_with_price = len(rows), len(priced)
        self.findings.row_currency = next((r.price.currency for r in priced if r.price), None)
        if rows:
            self._tell_page(rows[0].pageLanguage, rows[0].deliverTo)
        first = next((row.asin for row in priced or rows), None)
        return first or question.asin, self._prove(response)

    async def _product(self, asin: str) -> PlaceProof | None:
        locale = self._question.locale
        response, step = await self._page(
            product_url(locale.marketplace, asin, language=locale.language)
        )
        if step.code:
            return None
        page = ProductPage(self._read(response), asked_asin=asin, lang=locale.lang)
        self._judge(step, failure_from_status(page.status))
        item = page.item() if not step.code else None
        if item is None:
            return None
        price = item.price
        self.findings.offer = Offer(
            asin=item.asin or asin,
            title=(item.title or "")[:60],
            price=price.raw if price else None,
            currency=price.currency if price else None,
            state=item.buyboxState,
        )
        self._tell_page(item.pageLanguage, item.deliverTo)
        return self._prove(response)

    def _tell_page(self, language: str | None, place: str | None) -> None:
        self.findings.language = language
        self.findings.place_after = place
        if self._question.asked.place is None:
            self.findings.place_before = place

    def _prove(self, response: Response) -> PlaceProof | None:
        place = self._question.asked.place
        if place is None:
            return None
        proof = place_proof(response.body, place)
        self.findings.is_place_confirmed = proof is PlaceProof.CONFIRMED
        return proof

    async def _page(self, url: str) -> tuple[Response, Step]:
        request = Request(url, headers=dict(self._question.headers), dont_filter=True)
        if self._question.has_visitor:
            request.headers["Cookie"] = cookie_header(self._cookies)
        request.meta.update(self._meta)
        response = await self._send(request)
        apply_changes(self._cookies, changes_from_headers(response.headers.getlist(b"Set-Cookie")))
        return response, self.findings.steps[-1]

    async def _read_robots(self) -> bool:
        """Whether it was read, or is known to be missing."""
        origin = self._question.asked.marketplace.origin
        request = Request(f"{origin}/robots.txt", dont_filter=True, meta=dict(self._meta))
        response = await self._send(request)
        if isinstance(response, FailedDownload) or response.status >= 500:
            self.findings.robots = "could not be read"
            return False
        if 200 <= response.status < 300:
            self._robots = Protego.parse(response.body.decode("utf-8", errors="replace"))
            self.findings.robots = self._robots_words(self._robots, origin)
        else:
            self.findings.robots = f"there is none (HTTP {response.status}), all is allowed"
        return True

    def _robots_words(self, robots: Protego, origin: str) -> str:
        words = []
        for name, path in _ROBOTS_PATHS.items():
            is_allowed = robots.can_fetch(f"{origin}{path}", self._question.user_agent)
            words.append(f"{name} {'allowed' if is_allowed else 'denied'}")
        return ", ".join(words)

    def _is_denied(self, url: str) -> bool:
        """By RFC 9309 a robots.txt that cannot be read allows nothing."""
        if not self._question.obey_robots or urlsplit(url).path == "/robots.txt":
            return False
        if self._is_closed:
            return True
        user_agent = self._question.user_agent
        return self._robots is not None and not self._robots.can_fetch(url, user_agent)

    async def _send(self, request: Request) -> Response:
        if self._left <= 0:
            raise OutOfRequests
        start = time.monotonic()
        if self._is_denied(request.url):
            response: Response = _denied(request.url)
        else:
            response = await self._download(request)
        milliseconds = round((time.monotonic() - start) * 1000)
        status = None if isinstance(response, FailedDownload) else response.status
        step = Step(_step_name(request), status, milliseconds)
        self.findings.steps.append(step)
        if isinstance(response, FailedDownload):
            step.code, step.message = str(response.code), response.message
        elif step.what in _NO_CRAWL_PAGES:
            self._look(response, step)
        return response

    def _look(self, response: Response, step: Step) -> None:
        """At an answer that is neither a search nor a product."""
        fetched = self._read(response)
        document = Document(fetched)
        code = failure_from_status(page_status(fetched, kind=PageKind.OTHER, document=document))
        # Such an answer proves nothing by its contents, and some of them are JSON.
        if code not in _NO_PROOF:
            self._judge(step, code)
        if step.what == "home":
            self.findings.place_before = deliver_to(document)

    def _judge(self, step: Step, code: FailureCode | None) -> None:
        if code is not None and code is not FailureCode.NO_RESULTS:
            step.code, step.message = str(code), FAILURES[code].message


def _denied(url: str) -> FailedDownload:
    message = "robots.txt of the store denies this page"
    return FailedDownload(url, code=FailureCode.ROBOTS_DENIED, message=message)


def _step_name(request: Request) -> str:
    if BROWSER in request.meta:
        return "browser"
    path = urlsplit(request.url).path
    if path in _STEPS:
        return _STEPS[path]
    if path.startswith("/portal-migration/"):
        return "dialogue"
    return "search" if path == "/s" else "product"
