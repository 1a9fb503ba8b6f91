"""`config` of a job: known keys are checked, others are kept as they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from control_api.http.json_text import json_bytes
from control_api.http.nearest import did_you_mean

_LARGEST_BYTES = 32 * 1024
_DEEPEST = 20
_INT64 = 2**63

ShortText = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Price = Annotated[float, Field(ge=0, le=1_000_000_000, allow_inf_nan=False)]

_SEARCH_ONLY = (
    "maxPages", "maxResults", "includeSponsored", "sortBy", "priceMin", "priceMax", "department",
)  # fmt: skip


class DeliverTo(BaseModel):
    """A postal code of the store's country, or another country by its ISO code."""

    model_config = ConfigDict(extra="forbid", strict=True)

    postalCode: Annotated[str, StringConstraints(min_length=1, max_length=40)] | None = None
    country: Annotated[str, StringConstraints(min_length=2, max_length=2)] | None = None


class JobConfig(BaseModel):
    model_config = ConfigDict(extra="allow", strict=True)

    lang: ShortText | None = None
    marketplace: ShortText | None = None
    maxPages: Annotated[int, Field(ge=1, le=20)] | None = None
    maxResults: Annotated[int, Field(ge=1, le=100_000)] | None = None
    sortBy: (
        Literal["relevance", "price_asc", "price_desc", "reviews", "newest", "best_sellers"] | None
    ) = None
    priceMin: Price | None = None
    priceMax: Price | None = None
    department: ShortText | None = None
    includeSponsored: bool | None = None
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{3}$")] | None = None
    deliverTo: Annotated[str, StringConstraints(min_length=1, max_length=40)] | DeliverTo | None = (
        None
    )
    onWrongPlace: Literal["fail", "keep"] | None = None
    engine: Literal["http", "auto", "browser"] | None = None
    priority: Literal["low", "normal", "high"] | None = None

    def without_effect(self, kind: str) -> Iterator[tuple[str, str]]:
        """(key, message) of what has no effect on a job of `kind`: unknown names, and settings of
        searches alone."""
        for name in self.model_extra or {}:
            meant = did_you_mean(name, type(self).model_fields)
            yield name, f"`{name}` is not a setting and has no effect{meant}"
        if kind != "search":
            for name in _SEARCH_ONLY:
                if getattr(self, name) is not None:
                    yield (
                        name,
                        f"`{name}` has no effect on a {kind} job: it is a setting of searches",
                    )

    @model_validator(mode="after")
    def _check_prices(self) -> JobConfig:
        low, high = self.priceMin, self.priceMax
        if low is not None and high is not None and low > high:
            raise ValueError("priceMin must not be greater than priceMax")
        return self

    @model_validator(mode="after")
    def _check_extras(self) -> JobConfig:
        """Extra keys are free, but they must fit into a document and back."""
        _require_storable(self.model_extra or {}, depth=1)
        if len(json_bytes(self.model_extra)) > _LARGEST_BYTES:
            raise ValueError(f"must not be longer than {_LARGEST_BYTES} bytes")
        return self


def _require_storable(value: Any, depth: int) -> None:
    if depth > _DEEPEST:
        raise ValueError(f"must not be nested deeper than {_DEEPEST} levels")
    if isinstance(value, int) and not -_INT64 <= value < _INT64:
        raise ValueError("must not hold integers beyond 64 bits")
    if isinstance(value, dict):
        if any("\0" in key for key in value):
            raise ValueError("must not hold keys with a null character")
        value = list(value.values())
    if isinstance(value, list):
        for entry in value:
            _require_storable(entry, depth + 1)
