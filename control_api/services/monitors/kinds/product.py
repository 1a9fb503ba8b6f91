from __future__ import annotations

from collections.abc import Hashable

from control_api.services.monitors.kinds.monitor_kind import (
    AskedTarget,
    EndedTarget,
    MonitorKind,
    Rows,
)
from control_api.services.monitors.rules.checks import Check, Reason, product_check, unknown_check
from control_api.services.monitors.rules.field_tables import PRODUCT_TABLE
from control_api.services.monitors.rules.fields import ROW_FIELDS
from spiders.types.details import DETAILS


def _key(target: AskedTarget) -> Hashable:
    return target.marketplace, target.params.get("asin") or target.url


def _reads(target: EndedTarget, rows: Rows, failure: str | None) -> Check:
    if not rows:
        return unknown_check(failure or Reason.NO_ROWS)
    return product_check(rows[0], asked=target.params)


PRODUCTS = MonitorKind(
    type=DETAILS,
    thing="product",
    things="products",
    asked="ASINs or addresses",
    table=PRODUCT_TABLE,
    row_fields=ROW_FIELDS,
    watched=lambda target: target.params.get("asin"),
    found_by=lambda value: {"seed.asin": value},
    key=_key,
    reads=_reads,
)
