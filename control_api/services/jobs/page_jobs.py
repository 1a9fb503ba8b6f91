"""Page jobs: any page by selectors, on the same jobs, targets and crawlers as everything else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from control_api.services.accounts.actor import Actor
from control_api.services.accounts.projects import ProjectService
from control_api.services.errors import InvalidInput
from control_api.services.jobs.creating.job_writer import Draft
from control_api.services.jobs.jobs import Created, JobService
from control_api.services.jobs.site_browsers import SiteBrowsers
from spiders.sites.addresses import (
    Network,
    address_from_text,
    literal_address,
    refusal_of_address,
    refusal_text,
)
from spiders.sites.page_urls import NotAPageUrl, host_of, page_key
from spiders.types.page import PAGE, SITE_SPIDER
from storage.base.records import Job, NewTarget, Priority, Target, TargetStatus
from storage.jobs.results import Results
from storage.queue.seed_keys import site_group

MAX_PAGES = 10_000
SHOWN_FAILURES = 10

# Names in the API, and in a target's params, which the spider reads.
_PARAM_OF_OPTION: Mapping[str, str] = {
    "max_pages": "maxPages",
    "follow_links": "followLinks",
    "max_depth": "maxDepth",
    "allowed_domains": "allowedDomains",
    "item_selector": "itemSelector",
    "next_page_selector": "nextPageSelector",
    "delay": "delay",
    "respect_robots": "respectRobots",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """What a client asks for, checked but for its URL. `config`: snake_case, no value is None."""

    url: str
    selectors: Mapping[str, str]
    engine: str
    priority: Priority
    config: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageJobView:
    """`engine`: the one that read the job's first page, or else the one asked for."""

    job: Job
    engine: str
    failures: Sequence[Target]


class PageJobs:
    def __init__(
        self,
        jobs: JobService,
        projects: ProjectService,
        results: Results,
        *,
        browsers: SiteBrowsers,
        allowed_networks: Sequence[Network],
    ) -> None:
        self._jobs = jobs
        self._projects = projects
        self._results = results
        self._browsers = browsers
        self._allowed_networks = allowed_networks

    def create(
        self, actor: Actor, request: PageRequest, *, idempotency_key: str | None = None
    ) -> Created:
        key, host = self._key_of_url(request.url)
        if request.engine == "playwright" and not self._browsers.are_there():
            raise InvalidInput(
                "engine playwright is not available: the crawl machines have no browser"
            )
        config = _job_config(request)
        draft = Draft(
            project_id=self._projects.get_default(actor).id,
            kind=PAGE.name,
            spider=SITE_SPIDER,
            config=config,
            targets=[
                NewTarget(request.url, request.url, site_group(host), _params(request), key),
            ],
            priority=request.priority,
            target_limit=request.config["max_pages"],
        )
        asked = [PAGE.name, config, request.priority.value]
        return self._jobs.submit(actor, draft, asked=asked, idempotency_key=idempotency_key)

    def view(self, actor: Actor, job: Job) -> PageJobView:
        failures: Sequence[Target] = ()
        if job.counts.failed:
            failures = self._jobs.list_targets(
                actor, job.id, status=TargetStatus.FAILED, limit=SHOWN_FAILURES, offset=0
            ).targets
        return PageJobView(job=job, engine=self._engine_used(job), failures=failures)

    def _engine_used(self, job: Job) -> str:
        first = self._results.list_page(job.id, limit=1) if job.result_count else []
        used = first[0].data.get("engine") if first else None
        return str(used or job.config["engine"])

    def _key_of_url(self, url: str) -> tuple[str, str]:
        """The page's key, and its host."""
        if not url.isprintable() or " " in url:
            raise InvalidInput("url must not hold spaces or control characters")
        try:
            key, host = page_key(url), host_of(url)
        except NotAPageUrl as error:
            raise InvalidInput("url must be an absolute http or https URL") from error
        if "@" in urlsplit(url).netloc:
            # It would stand in answers and logs.
            raise InvalidInput("url must not hold a user name or password")
        self._refuse_private(host)
        return key, host

    def _refuse_private(self, host: str) -> None:
        """A courtesy: what counts is the check where the crawler opens its socket."""
        is_local = host == "localhost" or host.endswith(".localhost")
        address = address_from_text("127.0.0.1") if is_local else literal_address(host)
        kind = address and refusal_of_address(address, self._allowed_networks)
        if kind:
            raise InvalidInput(f"url {refusal_text(kind)}")


def _job_config(request: PageRequest) -> dict[str, Any]:
    return {
        "url": request.url,
        "engine": request.engine,
        "selectors": dict(request.selectors),
        "config": dict(request.config),
    }


def _params(request: PageRequest) -> dict[str, Any]:
    options = {_PARAM_OF_OPTION[name]: value for name, value in request.config.items()}
    return {
        "selectors": dict(request.selectors),
        "engine": request.engine,
        "depth": 0,
        **options,
    }
