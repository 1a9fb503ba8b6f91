"""Which requests go wrong, and how. Rates may change while the server runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from sandbox.glitches import Glitch
from sandbox.noise import fraction_from

PRODUCT_FAULTS = (
    "captcha",
    "continue",
    "throttle",
    "throttle_200",
    "waf",
    "stripped",
    "redirect",
    "slow",
    "drop",
    *(glitch.value for glitch in Glitch),
)
SEARCH_FAULTS = (
    "captcha",
    "continue",
    "throttle",
    "throttle_200",
    "waf",
    "empty_search",
    "slow",
    "drop",
)
# Of what the store answers beside them.
ANSWER_FAULTS = ("captcha", "continue", "throttle", "throttle_200", "waf", "slow", "drop")
NAMES = tuple(dict.fromkeys(PRODUCT_FAULTS + SEARCH_FAULTS))

FaultBy = Literal["request", "target"]


class InvalidFault(ValueError):
    """Raised for a name or rate nobody knows; the message names it."""


def checked_rates(rates: Mapping[str, object]) -> dict[str, float]:
    known: dict[str, float] = {}
    for name, rate in rates.items():
        if name not in NAMES:
            raise InvalidFault(f"unknown fault {name!r}; there are {', '.join(NAMES)}")
        if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 <= rate <= 1:
            raise InvalidFault(f"the rate of {name!r} must be between 0 and 1, not {rate!r}")
        known[name] = float(rate)
    if sum(known.values()) > 1.000001:
        raise InvalidFault(f"the rates add up to {sum(known.values()):g}, more than 1")
    return known


def rate_from_text(text: str) -> tuple[str, float]:
    """`captcha=0.1`, as the command line has it."""
    name, _, rate = text.partition("=")
    try:
        return name, float(rate)
    except ValueError:
        raise InvalidFault(f"a fault is NAME=RATE, not {text!r}") from None


@dataclass(slots=True)
class FaultPlan:
    """`by="request"`: each request draws anew, so a retry may succeed. `by="target"`: the same
    ASIN or keyword always meets the same fate."""

    rates: dict[str, float] = field(default_factory=dict)
    seed: int = 0
    by: FaultBy = "request"
    _drawn: int = 0

    def find(self, target: str, possible: tuple[str, ...]) -> str | None:
        if not self.rates:
            return None
        self._drawn += 1
        key: object = self._drawn if self.by == "request" else target
        draw = fraction_from(self.seed, "fault", self.by, key)
        for name, rate in self.rates.items():
            if draw < rate:
                return name if name in possible else None
            draw -= rate
        return None
