"""What a probe saw by one exit."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

LET_IN, KEPT_OUT, NO_BROWSER, NOT_TRIED = "let_in", "kept_out", "no_browser", "not_tried"


@dataclass(slots=True)
class Step:
    """One request. `status` is None where nothing came; `code` is a FailureCode where the answer is
    no good page."""

    what: str
    status: int | None
    milliseconds: int
    code: str | None = None
    message: str | None = None


@dataclass(slots=True)
class Offer:
    """What the product page says of its offer."""

    asin: str
    title: str
    price: str | None
    currency: str | None
    state: str | None


@dataclass(slots=True)
class Findings:
    """`None` stands for what was not seen. Rates and prices are as shown."""

    exit: str
    marketplace: str
    user_agent: str
    language_asked: str
    place_asked: str | None = None
    currency_asked: str | None = None
    steps: list[Step] = field(default_factory=list)
    # Of the last page that was shown.
    language: str | None = None
    place_before: str | None = None
    place_after: str | None = None
    is_place_confirmed: bool | None = None
    """None: no place was asked for, or no page came."""
    has_needed_form: bool = False
    """The JSON address changed nothing; the older form address was used."""
    place_problem: str | None = None
    """Why the store could not be asked, in words."""
    place_problem_code: str | None = None
    rows: int | None = None
    rows_with_price: int | None = None
    row_currency: str | None = None
    offer: Offer | None = None
    browser: str | None = None
    """Of a script challenge: let_in, kept_out, no_browser, not_tried."""
    browser_reason: str | None = None
    robots: str | None = None
    """What robots.txt says of pages and of the place dialogue; None: it was not asked for."""

    @property
    def reached_ms(self) -> int | None:
        """Of the first answer that came from the store."""
        return next((step.milliseconds for step in self.steps if step.status), None)

    @property
    def shown_currency(self) -> str | None:
        return (self.offer.currency if self.offer else None) or self.row_currency

    @property
    def is_reached(self) -> bool:
        """Whether the store let a page in, if only to say that there is no such product."""
        return bool(self.good_pages) or any(step.code == "NOT_FOUND" for step in self.failed_pages)

    @property
    def failed_pages(self) -> list[Step]:
        """Search and product pages that were no good."""
        return [step for step in self.steps if step.what in ("search", "product") and step.code]

    @property
    def good_pages(self) -> list[Step]:
        return [step for step in self.steps if step.what in ("search", "product") and not step.code]

    def to_dict(self) -> dict[str, Any]:
        names = {
            "exit": self.exit,
            "marketplace": self.marketplace,
            "userAgent": self.user_agent,
            "reachedMs": self.reached_ms,
            "language": self.language,
            "languageAsked": self.language_asked,
            "currency": self.shown_currency,
            "currencyAsked": self.currency_asked,
            "deliverToAsked": self.place_asked,
            "deliverToBefore": self.place_before,
            "deliverTo": self.place_after,
            "isPlaceConfirmed": self.is_place_confirmed,
            "hasNeededForm": self.has_needed_form,
            "placeProblem": self.place_problem,
            "placeProblemCode": self.place_problem_code,
            "searchRows": self.rows,
            "searchRowsWithPrice": self.rows_with_price,
            "offer": asdict(self.offer) if self.offer else None,
            "browser": self.browser,
            "browserReason": self.browser_reason,
            "robots": self.robots,
        }
        return names | {"requests": [asdict(step) for step in self.steps]}
