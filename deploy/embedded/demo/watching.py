"""A monitor looks at products twice, and the store's prices move in between."""

import time
from collections.abc import Sequence

from rich.table import Table

from deploy.embedded.demo.client import ApiClient, Json
from deploy.embedded.demo.jobs import Jobs
from deploy.embedded.demo.store_clock import movable_clock
from deploy.embedded.demo.tables import CHANGES, table_of
from deploy.embedded.errors import StackError

NAME = "Demo prices"
# Each product's price is drawn anew within these hours; cheap ones may be drawn as they were.
HOURS = (12, 24, 36)
SHOWN = 3
_OBSERVED_SECONDS = 30.0
_LOOK_SECONDS = 0.2


class Watching:
    def __init__(self, client: ApiClient, jobs: Jobs, *, store_url: str) -> None:
        self._client = client
        self._jobs = jobs
        self._store_url = store_url

    def table_of_changes(self, project: str, products: Sequence[Json]) -> Table:
        monitor = self._client.monitor_named(project, NAME)
        self._client.add_watches(monitor, [product["asin"] for product in products])
        changes = self._changes_of_rounds(project, monitor)
        titles = {product["asin"]: product["title"] for product in products}
        rows = [
            {
                **change,
                "asin": change["value"],
                "title": titles.get(change["value"]),
                "percent": change["deltaPercent"],
            }
            for change in changes[:SHOWN]
        ]
        return table_of(rows, CHANGES, title=f"{len(changes)} prices moved, the first {len(rows)}:")

    def _changes_of_rounds(self, project: str, monitor: str) -> list[Json]:
        """What is found once the store's time has moved; once more where too little has changed."""
        with movable_clock(self._store_url) as move_clock:
            self._round(monitor, title="first round")
            _, begin = self._client.changes(project, since="now")
            changes: list[Json] = []
            for hours in HOURS:
                move_clock(hours)
                self._round(monitor, title=f"round {hours} hours later")
                changes, _ = self._client.changes(
                    project, since=begin, monitorId=monitor, field="price"
                )
                if len(changes) >= SHOWN:
                    return changes
        raise StackError(f"{len(changes)} of the store's prices moved in {HOURS[-1]} hours")

    def _round(self, monitor: str, *, title: str) -> None:
        job_id = self._client.start_round(monitor)
        self._jobs.follow(job_id, title=title)
        deadline = time.monotonic() + _OBSERVED_SECONDS
        while not self._client.is_observed(monitor, job_id):
            if time.monotonic() > deadline:
                raise StackError(f"the {title} was not observed in {_OBSERVED_SECONDS:.0f} s")
            time.sleep(_LOOK_SECONDS)
