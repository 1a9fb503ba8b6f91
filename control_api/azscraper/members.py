from __future__ import annotations

from typing import Any

from flask import Response

from control_api.azscraper.blueprint import dialect_blueprint
from control_api.azscraper.schemas.api_keys import SuccessAnswer
from control_api.azscraper.schemas.base import ErrorEnvelope
from control_api.azscraper.schemas.members import (
    AddMemberBody,
    MemberAnswer,
    MemberPath,
    MembersAnswer,
)
from control_api.context import current_actor, services
from control_api.json_text import json_answer, text_from_time
from storage.users import Role, User

members = dialect_blueprint("members", "The people of an organization. Owners only")


@members.get("/organization/members", summary="List members", responses={200: MembersAnswer})
def list_members() -> Response:
    data = [_member_answer(user) for user in services().members.list_all(current_actor())]
    return json_answer({"data": data, "meta": {"total": len(data)}})


@members.post(
    "/organization/members",
    summary="Add a member",
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
    return json_answer({"data": _member_answer(user)}, 201)


@members.delete(
    "/organization/members/<id>",
    summary="Remove a member",
    responses={200: SuccessAnswer, 409: ErrorEnvelope},
)
def remove_member(path: MemberPath) -> Response:
    services().members.remove(current_actor(), path.id)
    return json_answer({"success": True})


def _member_answer(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "role": user.role.value,
        "createdAt": text_from_time(user.created_at),
    }
