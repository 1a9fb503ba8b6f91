from __future__ import annotations

from control_api.services.accounts.actor import Actor
from storage.queue.rate_limits import Limit, RateLimits, Window

_HOUR_SECONDS = 60 * 60


class RequestLimit:
    """How often one user may ask under /api/v1."""

    def __init__(self, rates: RateLimits, per_hour: int) -> None:
        self._rates = rates
        self._limit = Limit("api-v1", per_hour, _HOUR_SECONDS)

    def count(self, actor: Actor) -> Window:
        return self._rates.count(self._limit, actor.user_id)
