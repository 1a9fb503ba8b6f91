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
CREDITS_PER_TARGET: Mapping[str, int] = MappingProxyType({"search": 5, "details": 2})

# The kind of job that an Amazon spider's job costs as much as, and the argument that holds its targets.
_PRICED: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"amazon_search": ("search", "keywords"), "amazon_detail": ("details", "targets")}
)


def spider_price(spider: str, arguments: Mapping[str, str]) -> int:
    """Credits of a spider job: what the same search or details job costs; other spiders cost none."""
    if spider not in _PRICED:
        return 0
    kind, name = _PRICED[spider]
    targets = [text for text in arguments.get(name, "").split(",") if text.strip()]
    return CREDITS_PER_TARGET[kind] * len(targets)
