from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from control_api.services.errors import InvalidAsin
from control_api.services.jobs.job_defaults import Defaults
from control_api.services.jobs.target_list import ReadTarget
from control_api.services.jobs.types.amazon import CREDITS_PER_PRODUCT, Locales, Visitors
from control_api.services.jobs.types.config import AmazonConfig
from control_api.services.jobs.types.offers_settings import Conditions, MaxOffers
from control_api.services.jobs.types.served_type import RequestForm, ServedType
from spiders.sites.marketplaces import Locale
from spiders.sites.offers import CONDITION_FILTERS, OFFERS_A_PAGE
from spiders.sites.urls import product_url, variant_key
from spiders.targets import EmptyTarget, ProductTarget, product_target_from_text
from spiders.types.details import (
    DETAILS,
    MAX_INCLUDED_OFFERS,
    MAX_VARIANTS,
    OFFERS,
    included_from_asked,
    variants_from_asked,
)
from storage.base.records import Job, NewTarget
from storage.jobs.results import Results

# Of one job, as many as may be asked for.
MAX_TARGETS = 10_000


class DetailsConfig(AmazonConfig):
    expandVariants: bool | Annotated[int, Field(ge=1, le=MAX_VARIANTS)] | None = None
    include: Annotated[list[Literal["offers"]], Field(max_length=10)] | None = None
    conditions: Conditions | None = None
    maxOffers: MaxOffers | None = None


class _DetailsReader:
    def __init__(self, config: Mapping[str, Any], defaults: Defaults) -> None:
        self._locales = Locales(config)
        self._visitors = Visitors(config, defaults)
        self._variants = _variants(config)
        self._beside = _beside(config)

    def read(self, text: str) -> ReadTarget | EmptyTarget:
        product = product_target_from_text(text)
        if isinstance(product, EmptyTarget):
            return product
        locale, warnings = self._locales.find(product.host)
        visitor = self._visitors.params(locale)
        asked = {**self._beside, **visitor}
        target = _details_target(product, locale, asked, variants=self._variants)
        unusual = ["has a wrong check digit for an ISBN"] if product.warnings else []
        return ReadTarget(target, (target.marketplace, product.asin), [*warnings, *unusual])


def _beside(config: Mapping[str, Any]) -> dict[str, Any]:
    """What to read beside a product's page. Settings of the offers alone ask for nothing."""
    if not _includes_offers(config):
        return {}
    asked = {name: config.get(name) for name in ("conditions", "maxOffers")}
    return {"include": [OFFERS], **{name: value for name, value in asked.items() if value}}


def _details_target(
    product: ProductTarget, locale: Locale, asked: Mapping[str, Any], *, variants: int
) -> NewTarget:
    expansion = {"expandVariants": variants} if variants else {}
    return NewTarget(
        value=product.text,
        url=product_url(locale.marketplace, product.asin, language=locale.language),
        marketplace=locale.marketplace.code,
        params={
            "target": product.text,
            "asin": product.asin,
            "lang": locale.lang,
            "language": locale.language,
            **expansion,
            **asked,
        },
        # Variants are told from the products that are asked for.
        key=variant_key(locale.marketplace, product.asin) if variants else None,
    )


def _variants(config: Mapping[str, Any]) -> int:
    """By the name of the job's setting, or of the spider's argument, which the spider checks itself."""
    try:
        return variants_from_asked(config.get("expandVariants") or config.get("expand_variants"))
    except ValueError:
        return 0


def _includes_offers(config: Mapping[str, Any]) -> bool:
    """Of a job's setting, or of the spider's argument, which the spider checks itself."""
    try:
        return OFFERS in included_from_asked(config.get("include"))
    except ValueError:
        return False


def _offers_pages(config: Mapping[str, Any]) -> int:
    if not _includes_offers(config):
        return 0
    asked = str(config.get("maxOffers") or config.get("max_offers"))
    most = int(asked) if asked.isdecimal() else MAX_INCLUDED_OFFERS
    return -(-most // OFFERS_A_PAGE)


def _pages(config: Mapping[str, Any]) -> int:
    return (1 + _variants(config)) * (1 + _offers_pages(config))


def _paid_beside(config: Mapping[str, Any]) -> int:
    """A variant costs what a product costs, and so does a list of offers."""
    variants = _variants(config)
    return variants + (1 + variants if _includes_offers(config) else 0)


def _grows_to(config: Mapping[str, Any], asked: int) -> int | None:
    variants = _variants(config)
    return min(MAX_TARGETS, asked * (1 + variants)) if variants else None


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
        setting_texts={
            "expandVariants": f"How many variants of each product to read as targets of the same job, each charged like a product: a number up to {MAX_VARIANTS}, or `true` for that many. Left out: none.",
            "include": "What to read beside each product's page, in the same visitor: `offers`, which fills `allOffers` and costs what the offers of a product cost. Left out: nothing.",
            "conditions": f"Beside `include`: the conditions to read: {', '.join(f'`{name}`' for name in CONDITION_FILTERS)}. Left out: all.",
            "maxOffers": f"Beside `include`: how many offers to keep of each product at most, the featured one first. Left out: {MAX_INCLUDED_OFFERS}.",
        },
        beside={"conditions": "include", "maxOffers": "include"},
    ),
    credits_per_target=CREDITS_PER_PRODUCT,
    # What is not found is not charged.
    product_pages=_paid_beside,
    credits_per_product_page=CREDITS_PER_PRODUCT,
    pages_per_target=_pages,
    grows_to=_grows_to,
    remarks=_place_remarks,
)
