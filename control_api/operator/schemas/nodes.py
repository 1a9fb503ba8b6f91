from __future__ import annotations

from typing import Annotated

from pydantic import AliasChoices, BaseModel, Field

from control_api.http.schemas import Answer, Body, ChangeBody, Envelope, Moment

Text = Annotated[str, Field(max_length=300)]


class NodePath(BaseModel):
    name: str


class AddNodeBody(Body):
    """A scrapyd, with the user and password of its scrapyd.conf.

    Percent-encoded in `url`, or by themselves as they are.
    """

    url: Annotated[str, Field(min_length=1, max_length=300)]
    username: Text = ""
    password: Text = ""


class ChangeNodeBody(ChangeBody):
    draining: bool | None = None
    slots: Annotated[int, Field(ge=0, le=1_000)] | None = None


class NodeStateOut(Answer):
    """What the worker saw last: `null` before its first look."""

    isUp: bool | None
    takesWork: bool | None
    pending: int | None
    running: int | None
    error: str | None
    seenAt: Moment | None


class FleetNodeOut(Answer):
    name: str
    url: str
    isConfigured: bool
    draining: Annotated[bool, Field(validation_alias=AliasChoices("draining", "is_draining"))]
    slots: int
    health: NodeStateOut


class FleetNodeAnswer(Envelope):
    data: FleetNodeOut
