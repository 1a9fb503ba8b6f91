"""Whether anything crawls: a service whose crawlers are all dead takes jobs that stay queued."""

from __future__ import annotations

from collections.abc import Mapping

from storage.queue.fleet_state import Absence, FleetLook, FleetState

# A crawler needs a few seconds to start.
START_SECONDS = 20.0
# The worker looks once a second.
SILENT_WORKER_SECONDS = 15.0


class CrawlHealth:
    def __init__(self, state: FleetState) -> None:
        self._state = state

    def find_look(self) -> FleetLook | None:
        """What the worker saw last; None where none ever ran."""
        return self._state.find_look()

    def trouble(self) -> str | None:
        """Why nothing of some kind is crawled, or None. None as well where no worker ever ran."""
        look = self._state.find_look()
        if look is None:
            return None
        if look.age_seconds > SILENT_WORKER_SECONDS:
            return f"no worker has looked after the crawlers for {look.age_seconds:.0f} s"
        if any(look.wanted.values()) and not look.nodes:
            return "there is no crawl node: set SCRAPYD_NODES, or add one"
        absences = [
            absence
            for absence in self._state.absences()
            if look.wanted.get(absence.spider)
            and (absence.seconds > START_SECONDS or absence.death is not None)
        ]
        return "; ".join(_sentence(absence, look.node_errors) for absence in absences) or None


def _sentence(absence: Absence, node_errors: Mapping[str, str]) -> str:
    sentence = f"no {absence.spider} crawler lives since {absence.since:%Y-%m-%dT%H:%M:%SZ}"
    if death := absence.death:
        reason = f"on node {death.node} it ended with {death.exit_code}: {death.reason}"
    elif node_errors:
        reason = "node " + "; node ".join(node_errors.values())
    else:
        reason = "the log of scrapyd on the nodes says why"
    return f"{sentence}: {reason}"
