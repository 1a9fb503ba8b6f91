from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AliasChoices, Field

from control_api.http.schemas import Answer, Moment

SpiderStatus = Literal["pending", "running", "finished", "error", "cancelled"]


class SpiderJobCreated(Answer):
    jobId: str
    status: SpiderStatus
    # With `include=rows`.
    rows: list[dict[str, Any]] | None = None


class SpiderJobCancelled(Answer):
    ok: bool
    message: str


class SpiderOfJob(Answer):
    id: str
    name: str
    repo_path: str


class SpiderJobRow(Answer):
    id: str
    spider_id: str
    status: SpiderStatus
    user_id: Annotated[str | None, Field(validation_alias=AliasChoices("user_id", "created_by"))]
    items_scraped: Annotated[
        int, Field(validation_alias=AliasChoices("items_scraped", "result_count"))
    ]
    created_at: Moment
    finished_at: Annotated[
        Moment | None, Field(validation_alias=AliasChoices("finished_at", "completed_at"))
    ]
    cancel_requested_at: Moment | None
    spider: SpiderOfJob


class SpiderJobError(Answer):
    code: str
    message: str | None


class SpiderJobOut(SpiderJobRow):
    arguments: dict[str, Any]
    started_at: Moment | None
    close_reason: str | None
    error: SpiderJobError | None
    stats: dict[str, Any]
    attempts: int
    node: str | None
    version: str | None
    # With `include=rows`.
    rows: list[dict[str, Any]] | None = None
