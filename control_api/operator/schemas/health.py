from __future__ import annotations

from typing import Literal

from control_api.http.schemas import Answer


class PartHealth(Answer):
    status: Literal["up", "down"]
    message: str | None = None


class HealthAnswer(Answer):
    """`details` holds what `info` (up) and `error` (down) hold together."""

    status: Literal["ok", "error"]
    info: dict[str, PartHealth]
    error: dict[str, PartHealth]
    details: dict[str, PartHealth]


class LiveAnswer(Answer):
    status: Literal["ok"]
