"""What the kept rows of an organization say of a product that nobody follows: the same steps as a watch has,
without its questions. A monitor asks again before it believes; here each page counts once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from control_api.services.accounts.actor import Actor
from control_api.services.errors import InvalidInput
from control_api.services.jobs.job_defaults import Defaults
from control_api.services.jobs.types.amazon import Locales
from control_api.services.jobs.types.registry import REQUEST_FORMS
from control_api.services.monitors.histories.histories import FieldHistory
from control_api.services.monitors.rules.fields import (
    FIELD_OF_NAME,
    ROW_FIELDS,
    currency_of,
    values_of,
)
from control_api.services.monitors.rules.steps import Span, moment_of, steps_within, unknown_spans
from control_api.services.monitors.rules.watch_state import Step
from spiders.sites.marketplaces import MARKETPLACES
from spiders.targets import EmptyTarget, NotAnAmazonTarget
from spiders.targets.codes import is_asin
from spiders.types.details import DETAILS
from storage.accounts.projects import Projects
from storage.base.clock import utc_now
from storage.base.records import Job, Target
from storage.jobs.jobs import JobFilter, Jobs
from storage.jobs.results import Results
from storage.jobs.targets import Targets
from storage.monitors.monitors import Monitors
from storage.monitors.watches import Watch, Watches

# The targets of so many jobs are read for one answer, or the jobs that have so many targets together.
MAX_JOBS, MAX_TARGETS = 500, 50_000
MAX_PAGES = 1_000
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_FIELDS = (*ROW_FIELDS, "images", "marketplace", "deliverTo", "url")


# The place that was asked for, and the currency.
_Context = tuple[Any, str | None]


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page of the product that a job brought. `is_elsewhere`: of another place or currency than the newest
    one, and therefore no part of the history."""

    at: datetime
    job_id: str
    target: int
    row: Mapping[str, Any]
    is_elsewhere: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptProduct:
    """`pages`: the newest first. `jobs`: how many jobs were looked through; `older`: the cursor for those
    before them, None where there are none."""

    asin: str
    marketplace: str
    pages: Sequence[KeptPage]
    currency: str | None
    since: datetime
    until: datetime
    unknown: Sequence[Span] = ()
    fields: Mapping[str, FieldHistory] = field(default_factory=dict)
    jobs: int
    older: str | None


@dataclass(frozen=True, slots=True)
class KeptStores:
    jobs: Jobs
    targets: Targets
    results: Results
    projects: Projects
    monitors: Monitors
    watches: Watches


class KeptRows:
    def __init__(self, stores: KeptStores) -> None:
        self._stores = stores

    def of_product(
        self, actor: Actor, marketplace: str, asin: str, *, before: str | None
    ) -> KeptProduct:
        """`before`: the cursor of an earlier answer. Raises InvalidInput for what is none."""
        jobs, older = self._jobs(actor, before)
        targets = self._stores.targets.read_products(
            [job.id for job in jobs], asin, marketplace, limit=MAX_PAGES
        )
        pages = list(self._pages(targets))
        own = [one for one in reversed(pages) if not one.is_elsewhere]
        until = utc_now()
        since = own[0].at if own else until
        return KeptProduct(
            asin=asin,
            marketplace=marketplace,
            pages=pages,
            currency=next((one for page in reversed(own) if (one := currency_of(page.row))), None),
            since=since,
            until=until,
            unknown=unknown_spans([moment_of(one.at) for one in own], since, until),
            fields=_fields(own),
            jobs=len(jobs),
            older=older,
        )

    def watches_of(self, actor: Actor, marketplace: str, asin: str) -> list[Watch]:
        """Of monitors that follow the product."""
        stores = self._stores
        projects = stores.projects.names_of_organization(actor.organization_id)
        seen = [one for one in projects if actor.sees(one)]
        found = stores.watches.of_value(seen, asin)
        monitors = {one.monitor_id: stores.monitors.find(one.monitor_id) for one in found}
        return [
            one
            for one in found
            if (monitor := monitors[one.monitor_id]) is not None
            and monitor.kind == DETAILS.name
            and Locales(monitor.config).find(None)[0].marketplace.code == marketplace
        ]

    def _jobs(self, actor: Actor, before: str | None) -> tuple[list[Job], str | None]:
        if before is not None and not (len(before) == 24 and before.isalnum()):
            raise InvalidInput("before must be one that an earlier page gave")
        chosen = JobFilter(
            organization_id=actor.organization_id,
            project_id=actor.project_id,
            kinds=[DETAILS.name],
        )
        found, _ = self._stores.jobs.list_before(chosen, limit=MAX_JOBS + 1, before=before)
        taken: list[Job] = []
        targets = 0
        for job in found[:MAX_JOBS]:
            targets += job.counts.total
            if taken and targets > MAX_TARGETS:
                break
            taken.append(job)
        return taken, taken[-1].id if len(taken) < len(found) else None

    def _pages(self, targets: Sequence[Target]) -> Iterator[KeptPage]:
        rows = self._stores.results.first_of_targets([one.id for one in targets], _FIELDS)
        newest: _Context | None = None
        for target in sorted(targets, key=lambda one: _moment(rows, one), reverse=True):
            row = rows.get(target.id)
            if row is None:
                continue
            context = (target.params.get("deliverTo"), currency_of(row.data))
            newest = newest or context
            yield KeptPage(
                at=_moment(rows, target),
                job_id=target.job_id,
                target=target.index,
                row=row.data,
                is_elsewhere=not _fits(context, newest),
            )


def product_from_text(text: str, marketplace: str | None) -> tuple[str, str]:
    """The store and the ASIN that a text names, as a job would read it. Raises InvalidInput."""
    config = {"marketplace": marketplace} if marketplace else {}
    try:
        found = REQUEST_FORMS[DETAILS.name].reader(config, Defaults()).read(text)
    except NotAnAmazonTarget as refusal:
        raise InvalidInput(f"{text[:100]} {refusal.reason}") from refusal
    if isinstance(found, EmptyTarget):
        raise InvalidInput("This names no product")
    return found.target.marketplace, found.target.params["asin"]


def is_product(marketplace: str, asin: str) -> bool:
    return marketplace in MARKETPLACES and is_asin(asin)


def part_since(product: KeptProduct, since: datetime) -> KeptProduct:
    """The history from then on, with what held at that time; the pages stay."""
    begin = max(since, product.since)
    return replace(
        product,
        since=begin,
        unknown=[
            Span(max(one.start, begin), one.end) for one in product.unknown if one.end > begin
        ],
        fields={
            name: FieldHistory(steps=steps_within(one.steps, begin, product.until))
            for name, one in product.fields.items()
        },
    )


def _fits(context: _Context, other: _Context) -> bool:
    """A currency of None fits any."""
    if context[0] != other[0]:
        return False
    return None in (context[1], other[1]) or context[1] == other[1]


def _moment(rows: Mapping[str, Any], target: Target) -> datetime:
    row = rows.get(target.id)
    at = row.data.get("scrapedAt") if row else None
    if isinstance(at, str):
        return datetime.fromisoformat(at)
    return at if isinstance(at, datetime) else target.ended_at or _LONG_AGO


def _fields(pages: Sequence[KeptPage]) -> dict[str, FieldHistory]:
    """`pages` in the order of time."""
    now: dict[str, Any] = {}
    steps: list[Step] = []
    for page in pages:
        for name, value in values_of(page.row).items():
            if name not in now or not FIELD_OF_NAME[name].is_same(now[name], value):
                now[name] = value
                steps.append(Step(name, page.at, value))
    by_field = groupby(sorted(steps, key=attrgetter("field")), key=attrgetter("field"))
    return {name: FieldHistory(steps=list(own)) for name, own in by_field}
