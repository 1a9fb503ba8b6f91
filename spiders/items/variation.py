"""The family of a product: by what its members differ, and which they are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class VariationDimension:
    """`key` is Amazon's own ("color_name"), `label` the page's word for it."""

    key: str
    label: str | None
    values: list[str]


@dataclass(slots=True)
class Variant:
    """`values` has one entry per dimension, in the dimensions' order."""

    asin: str
    values: list[str]
    selected: bool


@dataclass(slots=True)
class VariantShown:
    """A swatch on a search card."""

    asin: str
    label: str | None
    selected: bool | None
