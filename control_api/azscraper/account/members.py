from __future__ import annotations

from flask import Response

from control_api.azscraper.schemas.account.members import (
    AddMemberBody,
    ChangeMemberBody,
    KeysEndedAnswer,
    MemberAnswer,
    MemberPath,
    MembersAnswer,
)
from control_api.http.blueprint import dialect_blueprint
from control_api.http.context import current_actor, services
from control_api.http.json_text import json_answer
from control_api.http.schemas import ErrorEnvelope
from control_api.services.records import Role

members = dialect_blueprint("members", "The people of an organization. Owners only")


@members.get("/organization/members", summary="List members", responses={200: MembersAnswer})
def list_members() -> Response:
    found = services().members.list_all(current_actor())
    return json_answer(MembersAnswer.of(found, total=len(found)))


@members.post(
    "/organization/members",
    summary="Add a member with a password",
    description="The person must change the password before anything else. To let the person choose"
    " one, or for somebody who is registered already: `POST /organization/invitations`.",
    responses={201: MemberAnswer, 409: ErrorEnvelope, 415: ErrorEnvelope},
)
def add_member(body: AddMemberBody) -> Response:
    user = services().members.add(
        current_actor(),
        email=body.email,
        password=body.password,
        name=body.name,
        role=Role(body.role),
    )
    return json_answer(MemberAnswer.of(user), 201)


@members.patch(
    "/organization/members/<id>",
    summary="Change a member's role",
    responses={200: MemberAnswer, 409: ErrorEnvelope, 415: ErrorEnvelope},
)
def change_member(path: MemberPath, body: ChangeMemberBody) -> Response:
    user = services().members.set_role(current_actor(), path.id, Role(body.role))
    return json_answer(MemberAnswer.of(user))


@members.delete(
    "/organization/members/<id>",
    summary="Remove a member",
    description="The person's tokens end, and so do the API keys that the person made here. An account"
    " that was made here is removed; one that came by an invitation goes on on its own.",
    responses={200: KeysEndedAnswer, 409: ErrorEnvelope},
)
def remove_member(path: MemberPath) -> Response:
    removed = services().members.remove(current_actor(), path.id)
    return json_answer(KeysEndedAnswer(success=True, keysEnded=removed.keys_ended))
