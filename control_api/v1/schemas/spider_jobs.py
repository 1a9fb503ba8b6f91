from __future__ import annotations

from typing import Any, Literal

from control_api.http.schemas import Answer

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
    user_id: str | None
    items_scraped: int
    created_at: str
    finished_at: str | None
    cancel_requested_at: str | None
    spider: SpiderOfJob


class SpiderJobError(Answer):
    code: str
    message: str | None


class SpiderJobOut(SpiderJobRow):
    arguments: dict[str, Any]
    started_at: str | None
    close_reason: str | None
    error: SpiderJobError | None
    stats: dict[str, Any]
    attempts: int
    node: str | None
    version: str | None
    # With `include=rows`.
    rows: list[dict[str, Any]] | None = None
