"""What credits cost. $1 = 10,000 credits."""

from __future__ import annotations

from dataclasses import dataclass

CREDITS_PER_DOLLAR = 10_000


@dataclass(frozen=True, slots=True)
class CreditPackage:
    id: str
    name: str
    price_cents: int
    bonus_credits: int = 0

    @property
    def credits(self) -> int:
        return self.price_cents * CREDITS_PER_DOLLAR // 100


CREDIT_PACKAGES = (
    CreditPackage("starter", "Starter", 500),
    CreditPackage("growth", "Growth", 2_000),
    CreditPackage("scale", "Scale", 10_000),
)
