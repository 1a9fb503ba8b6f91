"""What may be asked of a product's offers, by every type whose jobs read them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

Condition = Literal[
    "new",
    "used",
    "used_like_new",
    "used_very_good",
    "used_good",
    "used_acceptable",
    "collectible",
]
Conditions = Annotated[list[Condition], Field(min_length=1, max_length=20)]
MaxOffers = Annotated[int, Field(ge=1, le=1_000)]
