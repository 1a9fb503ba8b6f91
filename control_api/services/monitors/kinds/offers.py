from __future__ import annotations

from collections.abc import Hashable

from control_api.services.monitors.kinds.monitor_kind import (
    AskedTarget,
    EndedTarget,
    MonitorKind,
    Rows,
)
from control_api.services.monitors.rules.checks import Check, offers_check
from control_api.services.monitors.rules.field_tables import OFFERS_TABLE
from spiders.types.offers import OFFERS


def _key(target: AskedTarget) -> Hashable:
    return target.marketplace, target.params.get("asin") or target.url


def _reads(target: EndedTarget, rows: Rows, failure: str | None) -> Check:
    return offers_check(
        rows,
        asked=target.params,
        is_unsold=bool(target.facts.get("noOffers")),
        failure=failure,
    )


OFFERS_OF_PRODUCTS = MonitorKind(
    type=OFFERS,
    thing="product",
    things="products",
    asked="ASINs or addresses",
    table=OFFERS_TABLE,
    row_fields=("asin", "seller", "condition", "price", "warnings", "scrapedAt"),
    watched=lambda target: target.params.get("asin"),
    found_by=lambda value: {"seed.asin": value},
    key=_key,
    reads=_reads,
    batch=50,
    is_told_in_parts=True,
)
