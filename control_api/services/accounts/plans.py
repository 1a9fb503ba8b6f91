"""Plans as data. None means: no limit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    name: str
    jobs_per_month: int | None
    targets_per_month: int | None
    exports_per_month: int | None
    uses_credits: bool


PLANS: Mapping[str, Plan] = MappingProxyType(
    {
        plan.name: plan
        for plan in (
            Plan(
                name="free",
                jobs_per_month=10,
                targets_per_month=100,
                exports_per_month=20,
                uses_credits=True,
            ),
            Plan(
                name="unlimited",
                jobs_per_month=None,
                targets_per_month=None,
                exports_per_month=None,
                uses_credits=False,
            ),
        )
    }
)

SIGNUP_CREDITS = 1_000
