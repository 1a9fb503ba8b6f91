"""What an admin sets while everything runs: one document. MongoDB is the truth, Redis a copy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from pymongo import ReturnDocument

from storage.base.connections import Document, MongoDatabase

_ID = "settings"
DEFAULT_COMMISSION_PERCENT = Decimal(10)


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorSettings:
    """`crawl_rates`: requests a minute by marketplace code, where they differ from the default.

    `default_crawl_rate` None: as the configuration says. `deliver_to`: places by marketplace code; ""
    for a store that nothing is asked of.
    """

    default_crawl_rate: float | None = None
    crawl_rates: Mapping[str, float] = field(default_factory=dict)
    deliver_to: Mapping[str, str] = field(default_factory=dict)
    commission_percent: Decimal = DEFAULT_COMMISSION_PERCENT


class OperatorSettingsStore:
    def __init__(self, database: MongoDatabase) -> None:
        self._settings = database["operator_settings"]

    def get(self) -> OperatorSettings:
        return _settings_from_document(self._settings.find_one({"_id": _ID}) or {})

    def change_rates(
        self, *, default: float | None, rates: Mapping[str, float | None]
    ) -> OperatorSettings:
        """Set what is named; a rate of None returns its marketplace to the default."""
        put = {f"crawlRates.{code}": rate for code, rate in rates.items() if rate is not None}
        if default is not None:
            put["defaultCrawlRate"] = default
        drop = {f"crawlRates.{code}": "" for code, rate in rates.items() if rate is None}
        return self._change(put, drop)

    def change_places(self, places: Mapping[str, str]) -> OperatorSettings:
        return self._change({f"deliverTo.{code}": place for code, place in places.items()}, {})

    def set_commission_percent(self, percent: Decimal) -> OperatorSettings:
        return self._change({"commissionPercent": percent}, {})

    def _change(self, put: Document, drop: Document) -> OperatorSettings:
        changes = {"$set": put, "$unset": drop}
        document = self._settings.find_one_and_update(
            {"_id": _ID},
            {name: fields for name, fields in changes.items() if fields}
            or {"$setOnInsert": {"_id": _ID}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        return _settings_from_document(document or {})


def _settings_from_document(document: Document) -> OperatorSettings:
    return OperatorSettings(
        default_crawl_rate=document.get("defaultCrawlRate"),
        crawl_rates=document.get("crawlRates", {}),
        deliver_to=document.get("deliverTo", {}),
        commission_percent=document.get("commissionPercent", DEFAULT_COMMISSION_PERCENT),
    )
