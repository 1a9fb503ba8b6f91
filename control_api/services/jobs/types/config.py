"""`config` of a job for Amazon's pages: known keys are checked, others are kept as they are."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from spiders.items.formats.json_text import json_bytes

_MAX_BYTES = 32 * 1024
_DEEPEST = 20
_INT64 = 2**63

ShortText = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Price = Annotated[float, Field(ge=0, le=1_000_000_000, allow_inf_nan=False)]


class DeliverTo(BaseModel):
    """A postal code of the store's country, or another country by its ISO code."""

    model_config = ConfigDict(extra="forbid", strict=True)

    postalCode: Annotated[str, StringConstraints(min_length=1, max_length=40)] | None = None
    country: Annotated[str, StringConstraints(min_length=2, max_length=2)] | None = None


class AmazonConfig(BaseModel):
    # What jobs of every type take; a type with settings of its own has a subclass of this.
    model_config = ConfigDict(extra="allow", strict=True)

    lang: ShortText | None = None
    marketplace: ShortText | None = None
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{3}$")] | None = None
    deliverTo: Annotated[str, StringConstraints(min_length=1, max_length=40)] | DeliverTo | None = (
        None
    )
    onWrongPlace: Literal["fail", "keep"] | None = None
    engine: Literal["http", "auto", "browser"] | None = None
    priority: Literal["low", "normal", "high"] | None = None

    @classmethod
    def own_settings(cls) -> tuple[str, ...]:
        """The names that the type alone has."""
        return tuple(name for name in cls.model_fields if name not in AmazonConfig.model_fields)

    @model_validator(mode="after")
    def _check_extras(self) -> AmazonConfig:
        """Extra keys are free, but they must fit into a document and back."""
        _require_storable(self.model_extra or {}, depth=1)
        if len(json_bytes(self.model_extra)) > _MAX_BYTES:
            raise ValueError(f"must not be longer than {_MAX_BYTES} bytes")
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
