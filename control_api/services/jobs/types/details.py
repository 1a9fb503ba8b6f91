from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from control_api.services.errors import InvalidAsin
from control_api.services.jobs.job_defaults import Defaults
from control_api.services.jobs.target_list import ReadTarget
from control_api.services.jobs.types.amazon import CREDITS_PER_PRODUCT, Locales, Visitors
from control_api.services.jobs.types.config import AmazonConfig
from control_api.services.jobs.types.served_type import RequestForm, ServedType
from spiders.sites.marketplaces import Locale
from spiders.sites.urls import product_url
from spiders.targets import EmptyTarget, ProductTarget, product_target_from_text
from spiders.types.details import DETAILS
from storage.base.records import Job, NewTarget
from storage.jobs.results import Results


class DetailsConfig(AmazonConfig):
    # It has no settings of its own.
    pass


class _DetailsReader:
    def __init__(self, config: Mapping[str, Any], defaults: Defaults) -> None:
        self._locales = Locales(config)
        self._visitors = Visitors(config, defaults)

    def read(self, text: str) -> ReadTarget | EmptyTarget:
        product = product_target_from_text(text)
        if isinstance(product, EmptyTarget):
            return product
        locale, warnings = self._locales.find(product.host)
        visitor = self._visitors.params(locale)
        target = _details_target(product, locale, visitor)
        unusual = ["has a wrong check digit for an ISBN"] if product.warnings else []
        return ReadTarget(target, (target.marketplace, product.asin), [*warnings, *unusual])


def _details_target(
    product: ProductTarget, locale: Locale, visitor: Mapping[str, Any]
) -> NewTarget:
    return NewTarget(
        value=product.text,
        url=product_url(locale.marketplace, product.asin, language=locale.language),
        marketplace=locale.marketplace.code,
        params={
            "target": product.text,
            "asin": product.asin,
            "lang": locale.lang,
            "language": locale.language,
            **visitor,
        },
    )


def _place_remarks(job: Job, results: Results) -> list[str]:
    """Once it has ended: the place is the commonest reason of missing prices."""
    if job.is_open or not job.result_count:
        return []
    found = results.count_undelivered(job.id)
    if 2 * found.count <= job.result_count:
        return []
    return [
        f"{found.count} of {job.result_count} products show no price for {found.place};"
        " set deliverTo"
    ]


def _refusal(count: int, details: Sequence[Mapping[str, Any]]) -> InvalidAsin:
    return InvalidAsin(
        f"each value in targets must resolve to a 10-character ASIN; {count} did not", details
    )


SERVED_DETAILS = ServedType(
    type=DETAILS,
    does="reads product pages",
    request=RequestForm(
        config=DetailsConfig,
        reader=_DetailsReader,
        refusal=_refusal,
        plural="details",
        targets="ASINs, ISBNs or addresses of products",
    ),
    credits_per_target=CREDITS_PER_PRODUCT,
    remarks=_place_remarks,
)
