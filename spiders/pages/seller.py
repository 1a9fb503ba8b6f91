"""The profile of a seller: name, ratings, and of the imprint what is a business's.

It has been read on pages of our own alone; no real profile has been seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from spiders.items.seller import RatingSpan, SellerRatings, SellerRow
from spiders.pages.classify import proven_status, unknown_page
from spiders.pages.document import Document, attribute, text_of
from spiders.pages.fetched import Fetched
from spiders.pages.guard import FieldGuard
from spiders.pages.place import deliver_to, host_of, is_other_language, page_language
from spiders.pages.reading import PageReading
from spiders.pages.status import PageStatus
from spiders.pages.trace import Sources
from spiders.pages.version import PARSER_VERSION
from spiders.parsing.imprint import country_of_lines, field_of_label, is_address_label
from spiders.parsing.javascript import json_object
from spiders.parsing.numbers import find_integer, find_number
from spiders.parsing.prices.offers import percent_from_text
from spiders.parsing.rating import rating_from_star_class, rating_from_text
from spiders.sites.marketplaces import Marketplace, find_marketplace_by_host
from spiders.sites.sellers import seller_of_address, seller_url

_NAME = ("seller-name", "sellerName", "seller-name-heading")
_SUMMARY = ("seller-info-feedback-summary", "seller-feedback-summary", "feedback-summary")
_IMPRINT = ("page-section-detail-seller-info", "seller-legal-info")
# Up to 2021 a list without an id.
_OLD_IMPRINT = "ul.a-nostyle.a-vertical"
_LINE = ".a-row, li"
_LABEL = ".a-text-bold"
_INDENTED = "indent-left"
# By span of time: the keys of the page's data, and the id of its line; the older table has a column for each.
_SPANS = {
    "days30": ("oneMonthRatingsData", "thirtyDayRatingsData"),
    "days90": ("threeMonthRatingsData", "ninetyDayRatingsData"),
    "months12": ("twelveMonthRatingsData", "oneYearRatingsData"),
    "lifetime": ("lifetimeRatingsData",),
}
_LINE_OF_SPAN = {
    "days30": "rating-thirty-num",
    "days90": "rating-90-num",
    "months12": "rating-365d-num",
    "lifetime": "rating-lifetime-num",
}
_COUNTS = ("ratingCount", "ratingsCount", "totalCount", "count")
_PERCENTS = ("positivePercent", "positivePercentage", "positive")
# Four stars and five are positive.
_POSITIVE_STARS = ("star4Count", "star5Count")
_STARS_OF_YEAR = "effective-timeperiod-rating-year-description"
_TABLE = "feedback-summary-table"
_COLUMN_COUNT = len(_SPANS)
# A row of the body of the profile may stand anywhere: one that ends early is told by its missing end.
_BODY = "seller-profile"


class SellerPage:
    def __init__(
        self,
        fetched: Fetched,
        *,
        seller_id: str,
        lang: str | None = None,
        scraped_at: datetime | None = None,
    ) -> None:
        self._fetched = fetched
        self._seller_id = seller_id.upper()
        self._lang = lang
        self._scraped_at = scraped_at or datetime.now(UTC)
        self._warnings: list[str] = []
        self._guard = FieldGuard(self._warnings)

    @cached_property
    def status(self) -> PageStatus:
        return proven_status(
            self._fetched, None, proof=lambda _: self._proof(), absence=unknown_page, rows=_BODY
        )

    def item(self) -> SellerRow | None:
        if self.status is not PageStatus.OK:
            return None
        store = self._store
        row = SellerRow(
            sellerId=self._seller_id,
            url=seller_url(store, self._seller_id) if store else None,
            marketplace=store.code if store else None,
            lang=self._lang,
            sourceUrl=self._fetched.url,
            scrapedAt=self._scraped_at,
            parserVersion=PARSER_VERSION,
        )
        self._guard.fill(row, _FIELDS, self)
        if is_other_language(self._lang, row.pageLanguage):
            self._warnings.append("language_mismatch")
        row.warnings = list(self._warnings)
        return row

    def _proof(self) -> PageStatus | None:
        return PageStatus.OK if self._document.text_of(*_NAME) else None

    @cached_property
    def _document(self) -> Document:
        return Document(self._fetched)

    @cached_property
    def _store(self) -> Marketplace | None:
        return find_marketplace_by_host(host_of(self._fetched.url))

    @cached_property
    def _summary(self) -> LexborNode | None:
        return self._document.find(*_SUMMARY)

    def _name(self) -> str | None:
        return self._document.text_of(*_NAME) or None

    def _rating(self) -> Decimal | None:
        star = self._summary.css_first("i[class*=a-star]") if self._summary else None
        if star is None:
            return rating_from_text(self._document.text_of(_STARS_OF_YEAR))
        return rating_from_text(text_of(star)) or rating_from_star_class(attribute(star, "class"))

    def _positive_percent(self) -> Decimal | None:
        """The words beside the stars speak of twelve months."""
        said = percent_from_text(text_of(self._summary))
        span = self._ratings.months12 if self._ratings else None
        return said if said is not None else (span.positivePercent if span else None)

    def _ratings_count(self) -> int | None:
        """In all."""
        span = self._ratings.lifetime if self._ratings else None
        return span.count if span else None

    @cached_property
    def _ratings(self) -> SellerRatings | None:
        found = self._spans_of_data() or self._spans_of_lines() or self._spans_of_table()
        return SellerRatings(**found) if found else None

    def _spans_of_data(self) -> dict[str, RatingSpan]:
        states = dict(self._states())
        found = {}
        for name, keys in _SPANS.items():
            state = next((states[key] for key in keys if key in states), None)
            if state is not None:
                count = _first(state, _COUNTS, _count)
                share = _first(state, _PERCENTS, _share) or _positive_share(state, count)
                found[name] = RatingSpan(count, share)
        return found

    def _spans_of_lines(self) -> dict[str, RatingSpan]:
        """What is drawn of the data, where the page has none."""
        counts = {
            name: find_integer(self._document.text_of(line_id))
            for name, line_id in _LINE_OF_SPAN.items()
        }
        return {name: RatingSpan(count, None) for name, count in counts.items() if count}

    def _states(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for script in self._document.tree.css('script[type="a-state"]'):
            key = json_object(attribute(script, "data-a-state")).get("key")
            if isinstance(key, str):
                yield key, json_object(script.text())

    def _spans_of_table(self) -> dict[str, RatingSpan]:
        """Lines of positive, neutral and negative percents, then of counts, in every language."""
        table = self._document.find(_TABLE)
        rows = (
            [[text_of(cell) for cell in row.css("td")] for row in table.css("tr")] if table else []
        )
        rows = [cells[-_COLUMN_COUNT:] for cells in rows if len(cells) > _COLUMN_COUNT]
        if len(rows) < 2:
            return {}
        shares, counts = rows[0], rows[-1]
        return {
            name: RatingSpan(find_integer(counts[place]), percent_from_text(shares[place]))
            for place, name in enumerate(_SPANS)
        }

    @cached_property
    def _imprint(self) -> dict[str, str]:
        """By field. The lines of an address give the country alone."""
        found: dict[str, str] = {}
        address: list[str] | None = None
        for line in self._imprint_lines():
            label = text_of(line.css_first(_LABEL))
            if address is not None and not label:
                address.append(text_of(line))
                continue
            address = [] if label and is_address_label(label) else address
            name = field_of_label(label) if label else None
            value = text_of(line).removeprefix(label).strip()
            if name and value:
                found.setdefault(name, value)
            if name:
                address = self._end_address(address, found)
        self._end_address(address, found)
        return found

    def _imprint_lines(self) -> list[LexborNode]:
        """The innermost ones: the place itself, or a box in it, is a row as well."""
        place = self._document.find(*_IMPRINT)
        places = [place] if place is not None else self._document.tree.css(_OLD_IMPRINT)
        found: list[LexborNode] = []
        for line in (line for one in places for line in one.css(_LINE)):
            if not _holds_lines(line):
                found.append(line)
            elif line.tag == "li" and (label := line.css_first(_LABEL)) is not None:
                # The lines of an address are a list under their label.
                found.append(label)
        return found

    @staticmethod
    def _end_address(lines: list[str] | None, found: dict[str, str]) -> None:
        if lines and (country := country_of_lines(lines)):
            found.setdefault("country", country)


def _first(data: Mapping[str, Any], names: tuple[str, ...], read: Callable[[Any], Any]) -> Any:
    return next((found for name in names if (found := read(data.get(name))) is not None), None)


def _holds_lines(line: LexborNode) -> bool:
    return any(inner.mem_id != line.mem_id for inner in line.css(_LINE))


def _positive_share(state: Mapping[str, Any], count: int | None) -> Decimal | None:
    """In whole percents, as the page writes it."""
    positive = [_count(state.get(name)) for name in _POSITIVE_STARS]
    if not count or None in positive:
        return None
    share = 100 * Decimal(sum(number or 0 for number in positive)) / count
    return share.quantize(Decimal(1)) if share <= 100 else None


def _count(value: Any) -> int | None:
    return (
        find_integer(str(value))
        if isinstance(value, str | int) and not isinstance(value, bool)
        else None
    )


def _share(value: Any) -> Decimal | None:
    is_number = isinstance(value, str | int | float) and not isinstance(value, bool)
    found = find_number(str(value)) if is_number else None
    return found if found is not None and 0 <= found <= 100 else None


_FIELDS: dict[str, Callable[[SellerPage], Any]] = {
    "name": lambda page: page._name(),
    "rating": lambda page: page._rating(),
    "ratings": lambda page: page._ratings,
    "positivePercent": lambda page: page._positive_percent(),
    "ratingsCount": lambda page: page._ratings_count(),
    "businessName": lambda page: page._imprint.get("businessName"),
    "country": lambda page: page._imprint.get("country"),
    "registrationNumber": lambda page: page._imprint.get("registrationNumber"),
    "vat": lambda page: page._imprint.get("vat"),
    "pageLanguage": lambda page: page_language(page._document),
    "deliverTo": lambda page: deliver_to(page._document),
}


def read_page(
    fetched: Fetched, *, url: str, lang: str | None = None, sources: Sources | None = None
) -> PageReading:
    page = SellerPage(fetched, seller_id=seller_of_address(urlsplit(url)) or "", lang=lang)
    item = page.item()
    return PageReading(
        status=page.status,
        items=[] if item is None else [item],
        summary=f"seller {item.name if item else None}",
    )


def where_fields_are_read() -> dict[str, str]:
    return {}
