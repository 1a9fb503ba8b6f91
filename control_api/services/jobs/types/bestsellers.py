from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import Field

from control_api.services.errors import InvalidInput
from control_api.services.jobs.job_defaults import Defaults
from control_api.services.jobs.target_list import ReadTarget
from control_api.services.jobs.types.amazon import CREDITS_PER_PRODUCT, Locales, Visitors
from control_api.services.jobs.types.config import AmazonConfig
from control_api.services.jobs.types.served_type import RequestForm, ServedType
from spiders.sites.bestsellers import LIST_SEGMENTS, MAX_RANK, list_url
from spiders.targets import EmptyTarget, list_target_from_text
from spiders.types.bestsellers import BESTSELLERS
from storage.base.records import NewTarget

ListName = Literal[
    "best_sellers", "new_releases", "movers_and_shakers", "most_wished_for", "most_gifted"
]


class BestsellersConfig(AmazonConfig):
    list: ListName | None = None
    # A setting that several types have means the same in all of them: one model holds them all.
    maxResults: Annotated[int, Field(ge=1, le=100_000)] | None = None
    fill: bool | None = None


class _BestsellersReader:
    def __init__(self, config: Mapping[str, Any], defaults: Defaults) -> None:
        self._config = config
        self._locales = Locales(config)
        self._visitors = Visitors(config, defaults)

    def read(self, text: str) -> ReadTarget | EmptyTarget:
        asked = list_target_from_text(text)
        if isinstance(asked, EmptyTarget):
            return asked
        locale, warnings = self._locales.find(asked.host)
        place, wanted = asked.place, self._config.get("list")
        if wanted is not None and wanted != place.list:
            if asked.names_list:
                said = f"names the list {place.list}, but config.list is {wanted}: the text is read"
                warnings = [*warnings, said]
            else:
                place = replace(place, list=wanted)
        most = self._config.get("maxResults")
        target = NewTarget(
            value=asked.text,
            url=list_url(locale.marketplace, place, language=locale.language),
            marketplace=locale.marketplace.code,
            params={
                "target": asked.text,
                "lang": locale.lang,
                "language": locale.language,
                **({"maxResults": most} if most is not None else {}),
                **({"fill": True} if self._config.get("fill") else {}),
                **self._visitors.params(locale),
            },
        )
        return ReadTarget(target, target.url, warnings)


def _refusal(count: int, details: Sequence[Mapping[str, Any]]) -> InvalidInput:
    return InvalidInput(
        "each value in targets must be a category's slug or node, or the address of a list;"
        f" {count} are not",
        details,
    )


_NAMES = ", ".join(f"`{name}`" for name in LIST_SEGMENTS)
_SETTING_TEXTS = {
    "list": f"The list of targets that name a category alone: {_NAMES}. Left out: `best_sellers`.",
    "maxResults": "How many rows to keep of each target at most. Left out: all of the pages that are read.",
    "fill": "Whether the places without a card, ranks 31 to 50 and 81 to 100 as a rule, are filled by the products' own pages; each costs what a product of a `details` job costs. Left out: `false`.",
}

_PLACES_A_PAGE = 50
# Of each page, as a rule.
_CARDS_A_PAGE = 30
# As a job's setting, and as an argument of the spider.
_YES = ("true", "yes", "1")


def _pages(config: Mapping[str, Any]) -> int:
    return 1 if (config.get("maxResults") or 100) <= _PLACES_A_PAGE else 2


def _product_pages(config: Mapping[str, Any]) -> int:
    if str(config.get("fill")).lower() not in _YES:
        return 0
    most = min(MAX_RANK, config.get("maxResults") or MAX_RANK)
    firsts = range(0, most, _PLACES_A_PAGE)
    return sum(max(0, min(_PLACES_A_PAGE, most - first) - _CARDS_A_PAGE) for first in firsts)


def _all_pages(config: Mapping[str, Any]) -> int:
    return _pages(config) + _product_pages(config)


SERVED_BESTSELLERS = ServedType(
    type=BESTSELLERS,
    does="reads the 100 places of best-seller lists and their kin",
    request=RequestForm(
        config=BestsellersConfig,
        reader=_BestsellersReader,
        refusal=_refusal,
        plural="lists",
        targets="slugs or nodes of categories, or addresses of lists",
        setting_texts=_SETTING_TEXTS,
    ),
    credits_per_target=5,
    pages_per_target=_all_pages,
    product_pages=_product_pages,
    credits_per_product_page=CREDITS_PER_PRODUCT,
)
