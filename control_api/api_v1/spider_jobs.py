"""Where a body with `spider_id` or `spider_name` goes. No spider is registered yet."""

from __future__ import annotations

from typing import NoReturn

from control_api.api_v1.schemas.jobs import SpiderJobBody
from control_api.services.errors import NotFound


def start(body: SpiderJobBody, *, idempotency_key: str | None) -> NoReturn:
    raise NotFound("Spider not found")
