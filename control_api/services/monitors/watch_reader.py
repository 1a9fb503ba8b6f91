"""How what a monitor follows is read from a text, as a job of the monitor would read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from control_api.services.jobs.job_defaults import Defaults
from control_api.services.jobs.types.amazon import Locales
from control_api.services.jobs.types.registry import REQUEST_FORMS
from control_api.services.monitors.kinds.registry import KINDS
from spiders.targets import EmptyTarget, NotAnAmazonTarget


class NotWatchable(ValueError):
    """The text names nothing that the monitor can follow; the message says why."""


@dataclass(frozen=True, slots=True)
class WatchReader:
    kind: str
    config: Mapping[str, Any]

    def value(self, text: str) -> str:
        """What tells the watch apart within its monitor. Raises NotWatchable."""
        kind = KINDS[self.kind]
        try:
            found = REQUEST_FORMS[self.kind].reader(self.config, Defaults()).read(text)
        except NotAnAmazonTarget as refusal:
            raise NotWatchable(refusal.reason) from refusal
        if isinstance(found, EmptyTarget):
            raise NotWatchable("is empty")
        store = Locales(self.config).find(None)[0].marketplace.code
        if found.target.marketplace != store:
            raise NotWatchable(
                f"is a {kind.thing} of the store {found.target.marketplace}, and the monitor follows {store}"
            )
        value = kind.watched(found.target)
        if value is None:
            raise NotWatchable(
                "is the address of a later page; a list is followed from its first one"
            )
        return value
