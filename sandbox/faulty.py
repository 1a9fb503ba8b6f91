"""A shop that goes wrong now and then, as its fault plan says."""

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from sandbox import answers, block_pages
from sandbox.faults import ANSWER_FAULTS, PRODUCT_FAULTS, SEARCH_FAULTS, FaultPlan
from sandbox.glitches import Glitch
from sandbox.http import paths
from sandbox.http.gzip_stream import GzipAssembler
from sandbox.http.messages import Reply, Request, Site, normal_keyword
from sandbox.locales import Locale, locale_for
from sandbox.search.search_page import empty_page

_GLITCHES = frozenset(Glitch)


class Shop(Site, Protocol):
    def find_neighbour(self, asin: str) -> str | None:
        """Another product to be redirected to."""


class FaultyShop:
    def __init__(self, shop: Shop, plan: FaultPlan, *, slow_seconds: float) -> None:
        self._shop = shop
        self._plan = plan
        self._slow_seconds = slow_seconds
        self._assembler = GzipAssembler()
        self._instead: dict[str, Callable[[Locale, str], Reply]] = {
            "captcha": block_pages.captcha,
            "continue": block_pages.continue_gate,
            "throttle": lambda locale, _: block_pages.throttle(locale),
            "throttle_200": lambda locale, _: block_pages.throttle(locale, status=200),
            "waf": lambda _, __: block_pages.waf_challenge(),
            "stripped": lambda locale, _: self._stripped(locale),
            "empty_search": lambda locale, _: self._empty_search(locale),
        }

    def reply(self, request: Request) -> Reply:
        fault = self._find_fault(request)
        if fault is None:
            return self._shop.reply(request)
        if fault in self._instead:
            locale = locale_for(request.host, request.query.get("language"))
            return self._instead[fault](locale, request.host)
        if fault == "redirect":
            return self._redirect(request)
        if fault in _GLITCHES:
            reply = self._shop.reply(replace(request, glitch=Glitch(fault)))
            # A visitor's challenge and a missing page stay what they are.
            return replace(reply, kind=fault) if reply.kind == "product" else reply
        reply = self._shop.reply(request)
        if fault == "slow":
            return replace(reply, kind="slow", delay_seconds=self._slow_seconds)
        return replace(reply, kind="drop", is_cut=True)

    def _find_fault(self, request: Request) -> str | None:
        asin = paths.find_asin(request.path)
        if asin:
            return self._plan.find(asin, PRODUCT_FAULTS)
        if paths.is_search(request.path):
            return self._plan.find(normal_keyword(request.query.get("k", "")), SEARCH_FAULTS)
        subject = answers.find_subject(request)
        return None if subject is None else self._plan.find(subject, ANSWER_FAULTS)

    def _stripped(self, locale: Locale) -> Reply:
        return Reply(200, self._assembler.page(block_pages.stripped_shell(locale)), "stripped")

    def _empty_search(self, locale: Locale) -> Reply:
        return Reply(200, self._assembler.page(empty_page(locale)), "empty_search")

    def _redirect(self, request: Request) -> Reply:
        other = self._shop.find_neighbour(paths.find_asin(request.path) or "")
        if other is None:
            return self._shop.reply(request)
        query = request.target.partition("?")[2]
        location = f"/dp/{other}" + (f"?{query}" if query else "")
        return Reply(301, b"", "redirect", headers=(("Location", location),))
