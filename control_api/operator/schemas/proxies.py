from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from control_api.http.schemas import Answer, Body, Envelope, ListMeta, Moment, Number


class ProxyPath(BaseModel):
    id: str


class AddProxyBody(Body):
    """http or https, `scheme://[user:password@]host:port`.

    User and password are percent-encoded, and of ASCII characters.
    """

    url: Annotated[str, Field(min_length=1, max_length=1_000)]


class ProxyOut(Answer):
    """`url` is without its credentials. `successRate` in percent; null before the first use."""

    id: str
    url: str
    status: Literal["active", "banned"]
    successes: int
    failures: int
    successRate: Number | None
    bannedUntil: Moment | None
    lastFailure: str | None
    createdAt: Moment


class ProxyAnswer(Envelope):
    data: ProxyOut


class ProxiesAnswer(Envelope):
    data: list[ProxyOut]
    meta: ListMeta
