"""Which types of job a monitor can follow, and how what it follows is read from a text. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from control_api.services.jobs.job_defaults import Defaults
from control_api.services.jobs.types.amazon import Locales
from control_api.services.jobs.types.registry import REQUEST_FORMS
from spiders.targets import EmptyTarget, NotAnAmazonTarget
from spiders.types.details import DETAILS

MONITORED = (DETAILS.name,)


class NotWatchable(ValueError):
    """The text names nothing that the monitor can follow; the message says why."""


@dataclass(frozen=True, slots=True)
class WatchReader:
    """Reads texts as a job of the monitor would."""

    kind: str
    config: Mapping[str, Any]

    def value(self, text: str) -> str:
        """What tells the watch apart: a product's number. Raises NotWatchable."""
        try:
            found = REQUEST_FORMS[self.kind].reader(self.config, Defaults()).read(text)
        except NotAnAmazonTarget as refusal:
            raise NotWatchable(refusal.reason) from refusal
        if isinstance(found, EmptyTarget):
            raise NotWatchable("is empty")
        store = Locales(self.config).find(None)[0].marketplace.code
        if found.target.marketplace != store:
            raise NotWatchable(
                f"is a product of the store {found.target.marketplace}, and the monitor follows {store}"
            )
        value: str = found.target.params["asin"]
        return value
