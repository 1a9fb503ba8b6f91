"""Kinds of text that the bodies of more than one door take."""

from __future__ import annotations

import re
from typing import Annotated, Literal, TypeVar, get_args

from pydantic import AfterValidator, Field, StringConstraints

from control_api.http.schemas import ChangeBody

_Event = TypeVar("_Event", bound=str)
_EMAIL = re.compile(r"^[^@\s\x00-\x1f]+@(?:localhost|[^@\s\x00-\x1f]+\.[^@\s\x00-\x1f.]+)$")


def _require_email(text: str) -> str:
    if not _EMAIL.match(text):
        raise ValueError("must be an email")
    return text


Email = Annotated[str, Field(max_length=254), AfterValidator(_require_email)]


NewPassword = Annotated[str, Field(min_length=8, max_length=200)]

# Of a project, a key, a schedule, a monitor, an alert.
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]

Cron = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Timezone = Annotated[str, StringConstraints(min_length=1, max_length=100)]

JobEvent = Literal["job.completed", "job.failed", "job.cancelled"]
ALL_EVENTS: tuple[JobEvent, ...] = get_args(JobEvent)

WebhookEvent = Literal[
    "job.completed", "job.failed", "job.cancelled",
    "monitor.round.completed", "monitor.changed", "alert.fired",
]  # fmt: skip
WEBHOOK_EVENTS: tuple[WebhookEvent, ...] = get_args(WebhookEvent)

Url = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]


def _each_once(events: list[_Event]) -> list[_Event]:
    return list(dict.fromkeys(events))


WebhookEvents = Annotated[
    list[WebhookEvent],
    Field(min_length=1, max_length=10),
    AfterValidator(_each_once),
]
Events = Annotated[list[JobEvent], Field(min_length=1, max_length=10), AfterValidator(_each_once)]


def changed_name(body: ChangeBody, name: str | None) -> str | None:
    """As ScheduleRequest takes it: null was sent to take the name away."""
    return (name or "") if "name" in body.model_fields_set else None
