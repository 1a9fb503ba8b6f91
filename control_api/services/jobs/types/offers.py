from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from control_api.services.errors import InvalidAsin
from control_api.services.jobs.job_defaults import Defaults
from control_api.services.jobs.target_list import ReadTarget
from control_api.services.jobs.types.amazon import Locales, Visitors
from control_api.services.jobs.types.config import AmazonConfig
from control_api.services.jobs.types.offers_settings import Conditions, MaxOffers
from control_api.services.jobs.types.served_type import RequestForm, ServedType
from spiders.sites.offers import CONDITION_FILTERS, MAX_OFFERS_PAGES, OFFERS_A_PAGE, offers_url
from spiders.targets import EmptyTarget, product_target_from_text
from spiders.types.offers import OFFERS
from storage.base.records import NewTarget


class OffersConfig(AmazonConfig):
    conditions: Conditions | None = None
    maxOffers: MaxOffers | None = None


class _OffersReader:
    def __init__(self, config: Mapping[str, Any], defaults: Defaults) -> None:
        self._locales = Locales(config)
        self._visitors = Visitors(config, defaults)
        self._conditions = config.get("conditions") or ()
        most = config.get("maxOffers")
        self._asked = {
            **({"conditions": list(self._conditions)} if self._conditions else {}),
            **({"maxOffers": most} if most is not None else {}),
        }

    def read(self, text: str) -> ReadTarget | EmptyTarget:
        product = product_target_from_text(text)
        if isinstance(product, EmptyTarget):
            return product
        locale, warnings = self._locales.find(product.host)
        target = NewTarget(
            value=product.text,
            url=offers_url(
                locale.marketplace,
                product.asin,
                conditions=self._conditions,
                language=locale.language,
            ),
            marketplace=locale.marketplace.code,
            params={
                "target": product.text,
                "asin": product.asin,
                "lang": locale.lang,
                "language": locale.language,
                **self._asked,
                **self._visitors.params(locale),
            },
        )
        return ReadTarget(target, (target.marketplace, product.asin), warnings)


def _refusal(count: int, details: Sequence[Mapping[str, Any]]) -> InvalidAsin:
    return InvalidAsin(
        f"each value in targets must resolve to a 10-character ASIN; {count} did not", details
    )


def _pages(config: Mapping[str, Any]) -> int:
    """Without a limit, those of the longest list that is read."""
    most = config.get("maxOffers")
    return -(-most // OFFERS_A_PAGE) if most is not None else MAX_OFFERS_PAGES


_SETTING_TEXTS = {
    "conditions": f"The conditions to read: {', '.join(f'`{name}`' for name in CONDITION_FILTERS)}. Left out: all.",
    "maxOffers": "How many offers to keep of each product at most, the featured one first. Left out: all.",
}

SERVED_OFFERS = ServedType(
    type=OFFERS,
    does="reads all offers of products: sellers, conditions, prices",
    request=RequestForm(
        config=OffersConfig,
        reader=_OffersReader,
        refusal=_refusal,
        plural="offers",
        targets="ASINs, ISBNs or addresses of products",
        setting_texts=_SETTING_TEXTS,
    ),
    credits_per_target=2,
    pages_per_target=_pages,
)
