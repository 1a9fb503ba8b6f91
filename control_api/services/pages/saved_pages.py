"""Pages of targets that were kept as they were fetched."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from control_api.gateways.page_reader import PageReader, PageReaderBusy, PageUnread
from control_api.services.accounts.actor import Actor
from control_api.services.errors import Conflict, NotFound, RateLimited
from control_api.services.jobs.jobs import JobService
from control_api.services.pages.comparison import Comparison, StoredRow, compared
from spiders.types.registry import TYPE_OF_NAME
from storage.base.ids import row_id, target_id
from storage.base.records import Job, Target
from storage.jobs.results import Results
from storage.pages.saved_pages import SavedPage, SavedPages

_TRY_AGAIN_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class SavedPagesPage:
    """`keeps`: which pages the installation keeps now."""

    job: Job
    pages: Sequence[SavedPage]
    total: int
    keeps: str


@dataclass(frozen=True, slots=True)
class FoundPage:
    """`body` is gzip."""

    job: Job
    target: Target
    page: SavedPage
    body: bytes = field(repr=False)

    @property
    def file_name(self) -> str:
        return f"{self.job.id}-{self.target.index}-{self.page.number}.html.gz"


@dataclass(frozen=True, slots=True)
class Reading:
    """`problem`: why the page could not be read at all; then `read` is empty. `read`: see
    spiders/saved/reading.py."""

    found: FoundPage
    read: Mapping[str, Any]
    problem: str | None


@dataclass(frozen=True, slots=True)
class Replay:
    """`comparison` None: today's parser has read rows of another kind than the job stores, or nothing."""

    reading: Reading
    comparison: Comparison | None


class SavedPageService:
    def __init__(
        self,
        pages: SavedPages,
        jobs: JobService,
        results: Results,
        *,
        reader: PageReader,
        keeps: str,
    ) -> None:
        """`keeps`: what KEEP_PAGES says."""
        self._pages = pages
        self._jobs = jobs
        self._results = results
        self._reader = reader
        self._keeps = keeps

    def list_page(
        self, actor: Actor, job_id: str, *, target: int | None = None, limit: int, offset: int = 0
    ) -> SavedPagesPage:
        """In the order of targets, and of pages within one."""
        job = self._jobs.get(actor, job_id)
        pages = self._pages.list_page(job.id, target=target, limit=limit, offset=offset)
        total = self._pages.count(job.id, target=target)
        return SavedPagesPage(job, pages, total, self._keeps)

    def get(self, actor: Actor, job_id: str, target: int, number: int | None = None) -> FoundPage:
        """`number` None: the last page of the target."""
        found = self._jobs.get_target(actor, job_id, target)
        kept = self._pages.find(job_id, target, number)
        if kept is None:
            raise NotFound(f"No such page is kept (KEEP_PAGES is {self._keeps})")
        page, body = kept
        return FoundPage(found.job, found.target, page, body)

    def explain(self, actor: Actor, job_id: str, target: int, number: int | None = None) -> Reading:
        """The page read by today's parser, with what each source of each field says."""
        return self._read(self.get(actor, job_id, target, number), explains=True)

    def replay(self, actor: Actor, job_id: str, target: int, number: int | None = None) -> Replay:
        """The page read by today's parser, beside the rows that it gave. Writes nothing."""
        found = self.get(actor, job_id, target, number)
        reading = self._read(found, explains=False)
        if reading.problem is not None or reading.read["type"] != found.job.kind:
            return Replay(reading, None)
        page_type = TYPE_OF_NAME[found.job.kind].page
        comparison = compared(
            self._stored_rows(found),
            reading.read["rows"],
            found.target.params,
            left_out=page_type.counted_fields if page_type else (),
        )
        return Replay(reading, comparison)

    def _read(self, found: FoundPage, *, explains: bool) -> Reading:
        known = TYPE_OF_NAME.get(found.job.kind)
        if known is None or known.page is None:
            raise Conflict(
                f"Pages of {found.job.kind} jobs are read by the selectors of the job: they can be downloaded"
            )
        page = found.page
        head = {
            "type": found.job.kind,
            "url": page.url,
            "requested_url": page.requested_url,
            "status": page.status,
            "headers": page.headers,
            "lang": page.lang,
            "read_with": page.read_with,
        }
        try:
            return Reading(found, self._reader.read(head, found.body, explains=explains), None)
        except PageReaderBusy as error:
            raise RateLimited(_TRY_AGAIN_SECONDS) from error
        except PageUnread as error:
            return Reading(found, {}, str(error))

    def _stored_rows(self, found: FoundPage) -> list[StoredRow]:
        """Those that the page gave."""
        id_ = target_id(found.job.id, found.target.index)
        places = {
            row_id(id_, page, position): (page, position) for page, position in found.page.rows
        }
        rows = {row.key: row for row in self._results.among(list(places))}
        return [
            StoredRow(page, position, rows[key].data)
            for key, (page, position) in places.items()
            if key in rows
        ]


def extract_command(file_name: str, page: SavedPage) -> str:
    """What reads the downloaded page on a machine with the project."""
    words = ["scrapy", "extract", file_name, "--url", page.requested_url]
    if page.status != 200:
        words += ["--status", str(page.status)]
    if page.lang:
        words += ["--lang", page.lang]
    return shlex.join(words)
