"""The names of the job types, as a field of a request or an answer takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from control_api.services.jobs.types.registry import REQUEST_FORMS, SCHEDULED_NAMES, SERVED_OF_NAME

if TYPE_CHECKING:
    RequestedType = str
    ScheduledType = str
    AnyType = str
else:
    RequestedType = Literal[tuple(REQUEST_FORMS)]
    ScheduledType = Literal[SCHEDULED_NAMES]
    AnyType = Literal[tuple(SERVED_OF_NAME)]
