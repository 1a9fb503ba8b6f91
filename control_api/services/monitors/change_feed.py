"""A project's changes in the order in which they were found, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from control_api.services.accounts.actor import Actor
from control_api.services.accounts.projects import ProjectService
from control_api.services.errors import CursorExpired
from control_api.services.monitors.feed_cursors import cursor_from_seq, seq_from_cursor
from storage.monitors.changes import Changes, StoredChange
from storage.monitors.feeds import Feeds

START = "start"
NOW = "now"
# Numbers that one page looks at, however few of them the filters let through.
MAX_LOOKED_AT = 10_000
_BATCH = 1_000
MAX_PROJECTS_LOOKED_AT = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesWanted:
    monitor_id: str | None = None
    kind: str | None = None
    field: str | None = None
    item: str | None = None

    def has(self, change: StoredChange) -> bool:
        return (
            self.monitor_id in (None, change.monitor_id)
            and self.kind in (None, change.kind)
            and self.field in (None, change.field)
            and self.item in (None, change.item)
        )


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """`next_cursor` passes what the filters left out."""

    changes: Sequence[StoredChange]
    next_cursor: str
    has_more: bool


class ChangeFeed:
    def __init__(self, changes: Changes, feeds: Feeds, projects: ProjectService) -> None:
        self._changes = changes
        self._feeds = feeds
        self._projects = projects

    def page(
        self, actor: Actor, project_id: str, wanted: ChangesWanted, *, since: str, limit: int
    ) -> ChangesPage:
        """Raises CursorExpired where changes behind the cursor are not kept any more."""
        self._projects.get(actor, project_id)
        last = self._feeds.last(project_id)
        place = self._place(project_id, since, last)
        shown: list[StoredChange] = []
        until = min(last, place + MAX_LOOKED_AT)
        while place < until and len(shown) < limit:
            found = self._changes.after(project_id, place, limit=min(_BATCH, until - place))
            if not found:
                # What is left was removed with its monitor.
                place = until
                break
            for change in found:
                place = change.seq
                if wanted.has(change):
                    shown.append(change)
                if len(shown) == limit:
                    break
        return ChangesPage(shown, cursor_from_seq(project_id, place), place < last)

    def latest(self, actor: Actor, *, since: datetime, limit: int) -> Sequence[StoredChange]:
        """What was found since then in the projects that the actor sees, the latest first."""
        projects, _ = self._projects.list_page(
            actor, archived=False, limit=MAX_PROJECTS_LOOKED_AT, offset=0
        )
        found = [
            change
            for project_id in self._feeds.with_changes([project.id for project in projects])
            for change in self._changes.newest(project_id, since=since, limit=limit)
        ]
        return sorted(found, key=lambda change: change.recorded_at, reverse=True)[:limit]

    def _place(self, project_id: str, since: str, last: int) -> int:
        oldest = self._changes.oldest(project_id)
        first = last if oldest is None else oldest - 1
        if since == START:
            return first
        if since == NOW:
            return last
        seq = seq_from_cursor(project_id, since)
        if seq < first:
            raise CursorExpired(details=[{"oldestCursor": cursor_from_seq(project_id, first)}])
        return min(seq, last)
