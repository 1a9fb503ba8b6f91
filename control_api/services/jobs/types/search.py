from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from control_api.services.errors import InvalidInput
from control_api.services.jobs.job_defaults import Defaults
from control_api.services.jobs.target_list import ReadTarget
from control_api.services.jobs.types.amazon import Locales, Visitors
from control_api.services.jobs.types.config import AmazonConfig, Price, ShortText
from control_api.services.jobs.types.served_type import RequestForm, ServedType
from spiders.sites.marketplaces import Locale
from spiders.sites.refinements import entry_from_text, is_node
from spiders.sites.urls import SearchOptions, search_url
from spiders.targets import (
    EmptyTarget,
    SearchTarget,
    require_own_store,
    search_target_from_text,
)
from spiders.types.search import SEARCH
from storage.base.records import NewTarget


def _is_refinement(text: str) -> str:
    name, value = entry_from_text(text)
    return f"{name}:{value}"


def _is_node(text: str) -> str:
    if not is_node(text):
        raise ValueError("must be the number of a browse node, such as 172282")
    return text


Node = Annotated[str, StringConstraints(max_length=20), AfterValidator(_is_node)]
Refinement = Annotated[
    str, StringConstraints(min_length=3, max_length=300), AfterValidator(_is_refinement)
]


class SearchConfig(AmazonConfig):
    maxPages: Annotated[int, Field(ge=1, le=20)] | None = None
    maxResults: Annotated[int, Field(ge=1, le=100_000)] | None = None
    sortBy: (
        Literal["relevance", "price_asc", "price_desc", "reviews", "newest", "best_sellers"] | None
    ) = None
    priceMin: Price | None = None
    priceMax: Price | None = None
    department: ShortText | None = None
    node: Node | None = None
    refinements: Annotated[list[Refinement], Field(min_length=1, max_length=50)] | None = None
    includeSponsored: bool | None = None

    @model_validator(mode="after")
    def _check_prices(self) -> SearchConfig:
        low, high = self.priceMin, self.priceMax
        if low is not None and high is not None and low > high:
            raise ValueError("priceMin must not be greater than priceMax")
        return self


class _SearchReader:
    def __init__(self, config: Mapping[str, Any], defaults: Defaults) -> None:
        self._config = config
        self._locales = Locales(config)
        self._visitors = Visitors(config, defaults)
        self._spellings: dict[str, str] = {}

    def read(self, text: str) -> ReadTarget | EmptyTarget:
        search = search_target_from_text(text)
        if isinstance(search, EmptyTarget):
            return search
        locale, warnings = self._locales.find(search.host)
        require_own_store(search, locale.marketplace)
        visitor = self._visitors.params(locale)
        target = _search_target(search, locale, self._config, visitor)
        return ReadTarget(target, (target.url, search.page), [*warnings, *self._note_case(search)])

    def _note_case(self, search: SearchTarget) -> list[str]:
        keyword = search.keyword or ""
        first = self._spellings.setdefault(keyword.casefold(), keyword)
        return [] if first == keyword else [f"differs from {first!r} in case alone; both run"]


def _search_target(
    search: SearchTarget,
    locale: Locale,
    config: Mapping[str, Any],
    visitor: Mapping[str, Any],
) -> NewTarget:
    options = SearchOptions(
        sort_by=config.get("sortBy"),
        price_min=config.get("priceMin"),
        price_max=config.get("priceMax"),
        department=config.get("department"),
        node=config.get("node"),
        refinements=config.get("refinements") or (),
        query=search.query,
    )
    asked = {key: config[key] for key in SearchConfig.own_settings() if config.get(key) is not None}
    if search.query:
        asked["query"] = dict(search.query)
    if search.page > 1:
        asked["firstPage"] = search.page
    return NewTarget(
        value=search.text,
        url=search_url(
            locale.marketplace,
            search.keyword,
            page=search.page,
            language=locale.language,
            options=options,
        ),
        marketplace=locale.marketplace.code,
        params={
            "target": search.text,
            "keyword": search.keyword,
            "lang": locale.lang,
            "language": locale.language,
            **asked,
            **visitor,
        },
    )


def _refusal(count: int, details: Sequence[Mapping[str, Any]]) -> InvalidInput:
    return InvalidInput(
        f"each value in targets must be a keyword, node:ID, seller:ID or the address of a search; {count} are not",
        details,
    )


_SETTING_TEXTS = {
    "maxPages": "How many result pages to read for each keyword, 1 to 20. Left out: 1.",
    "maxResults": "How many rows to keep of each target at most. Left out: all of the pages that are read.",
    "sortBy": "The order of the results, by the store: `newest` is the latest arrivals, `reviews` the average review. Left out: `relevance`.",
    "priceMin": "The lowest price, in the store's currency. Left out: no bound.",
    "priceMax": "The highest price, in the store's currency. Left out: no bound.",
    "department": "The department to search in, by the store's own short name, such as `electronics`. Left out: all.",
    "node": "The category to search in, by the number of its browse node, such as `172282`; it takes the place of an address's own. Left out: all.",
    "refinements": "What to narrow down by, each a name and a value as `searchInfo` and addresses (`rh`) have them, such as `p_89:Anker`. Values of one name are alternatives. Left out: nothing.",
    "includeSponsored": "Whether paid placements become rows too. Left out: `true`.",
}


def _pages(config: Mapping[str, Any]) -> int:
    return int(config.get("maxPages") or 1)


SERVED_SEARCH = ServedType(
    type=SEARCH,
    does="reads result pages for keywords",
    request=RequestForm(
        config=SearchConfig,
        reader=_SearchReader,
        refusal=_refusal,
        plural="searches",
        targets="keywords, or addresses of searches and categories",
        setting_texts=_SETTING_TEXTS,
    ),
    credits_per_target=5,
    pages_per_target=_pages,
)
