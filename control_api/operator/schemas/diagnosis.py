from __future__ import annotations

from typing import Annotated

from pydantic import AliasChoices, Field

from control_api.http.schemas import Answer, Envelope, ListMeta, Moment, Query


class DiagnosisQuery(Query):
    organizationId: Annotated[
        str | None,
        Field(
            max_length=100,
            description="Also what stands in the way of this organization: blocks, credits, the plan, schedules.",
        ),
    ] = None


class FindingOut(Answer):
    code: Annotated[
        str,
        Field(
            description="The cause, for programs: `mongodb_away`, `redis_away`, `no_worker`, `loop_stands`, `no_node`, "
            "`no_node_takes_work`, `no_crawler`, `pace_used_up`, `blocked`, `no_credits`, `quota_reached`, "
            "`schedule_disabled`, `schedule_skipped`."
        ),
    ]
    subject: Annotated[
        str, Field(description="What it is about: a spider, a marketplace, an id or a name.")
    ]
    text: Annotated[str, Field(description="What is seen, with its numbers.")]
    remedy: Annotated[str, Field(description="What can be done.")]
    stops: Annotated[
        bool, Field(description="Whether something stands still by it; else it only explains.")
    ]


class DiagnosisOut(Answer):
    canMove: Annotated[bool, Field(description="`false` while one of the findings stops work.")]
    summary: Annotated[str, Field(description="The answer in a sentence.")]
    waiting: Annotated[
        int | None,
        Field(
            description="Open targets of the pool's jobs; `null` while a store that knows it is away."
        ),
    ]
    findings: Annotated[
        list[FindingOut], Field(description="Every cause that was found, the deepest first.")
    ]


class DiagnosisAnswer(Envelope):
    data: DiagnosisOut


class QueueOut(Answer):
    spider: Annotated[str, Field(description="The spider.")]
    waiting: Annotated[int, Field(description="Open targets in MongoDB, fed or not.")]
    ready: Annotated[int, Field(description="Seeds in Redis that can be taken.")]
    leased: Annotated[int, Field(description="Seeds that crawlers hold.")]
    suspects: Annotated[int, Field(description="Seeds whose crawler died.")]
    oldestSeconds: Annotated[float, Field(description="The age of the oldest open job; 0: none.")]
    redeliveries: Annotated[
        int, Field(description="Leases that ended without a word, since Redis was last empty.")
    ]
    crawlers: Annotated[int, Field(description="Crawlers of it that beat lately.")]


class WebhooksOut(Answer):
    waiting: Annotated[
        int,
        Field(
            description="Tries of webhooks whose time has come.",
            validation_alias=AliasChoices("waiting", "count"),
        ),
    ]
    oldestSeconds: Annotated[float, Field(description="How long the first of them waits; 0: none.")]


class QueuesMeta(Answer):
    total: Annotated[int, Field(description="How many spiders there are.")]
    webhooks: Annotated[WebhooksOut, Field(description="What webhooks are behind.")]


class QueuesAnswer(Envelope):
    data: list[QueueOut]
    meta: QueuesMeta


class FailuresQuery(Query):
    hours: Annotated[
        int, Field(ge=1, le=168, description="Of so many hours, the one that runs among them.")
    ] = 24


class ReasonCountOut(Answer):
    reason: Annotated[str, Field(description="The code of the failure, or `SUCCESS`.")]
    targets: Annotated[int, Field(description="How many targets ended so.")]
    share: Annotated[float, Field(description="Their share of all that ended, in percent.")]


class FailuresMeta(Answer):
    total: Annotated[int, Field(description="Targets that ended.")]
    since: Annotated[Moment, Field(description="The beginning of the first hour that is counted.")]


class FailuresAnswer(Envelope):
    data: list[ReasonCountOut]
    meta: FailuresMeta


class PaceOut(Answer):
    marketplace: Annotated[str, Field(description="The marketplace's code.")]
    perMinute: Annotated[
        float, Field(description="Requests a minute that all crawlers together may send.")
    ]
    usedThisMinute: Annotated[int, Field(description="Requests that go in this minute.")]
    usedLastMinute: Annotated[int, Field(description="Requests that went in the one before.")]
    waitSeconds: Annotated[float, Field(description="How long the next request would wait.")]
    waiting: Annotated[int, Field(description="Its seeds in Redis, ready or leased.")]


class PacesAnswer(Envelope):
    data: list[PaceOut]
    meta: ListMeta
