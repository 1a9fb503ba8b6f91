from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from flask import Response, make_response, render_template, request
from pydantic import Field

from control_api.console.blueprint import console, see_other
from control_api.console.forms import Form
from control_api.http.context import current_actor, services
from control_api.http.own_address import own_origin
from control_api.http.requests.inputs import Email
from control_api.services.errors import InvalidInput
from control_api.services.records import Role


class InvitationForm(Form):
    email: Email | None = None
    role: Role = Role.MEMBER
    days: Annotated[int, Field(ge=1, le=30)] = 7


@console.page("/members", api=("GET /organization/members", "GET /organization/invitations"))
def members() -> str:
    actor = current_actor()
    return render_template(
        "account/members.html",
        members=services().members.list_all(actor),
        invitations=services().invitations.list_all(actor),
        roles=[one.value for one in Role],
    )


@console.action("/members/invite", api=("POST /organization/invitations",))
def invite() -> Response:
    """The page that shows the link, this once."""
    form = InvitationForm.read()
    invitation, token = services().invitations.create(
        current_actor(), email=form.email, role=form.role, lifetime=timedelta(days=form.days)
    )
    page = render_template(
        "account/shown_once.html",
        what=f"Invitation as {invitation.role.value}",
        secret=f"{own_origin()}/i/{token}",
        help="The link is good for one person and once. No mail was sent: hand it over yourself.",
        back="/console/members",
    )
    return make_response(page, 201)


@console.action("/invitations/<id>/revoke", api=("DELETE /organization/invitations/{id}",))
def revoke_invitation(id: str) -> Response:  # noqa: A002 (the address' word)
    services().invitations.revoke(current_actor(), id)
    return _back()


@console.action("/members/<id>/role", api=("PATCH /organization/members/{id}",))
def change_role(id: str) -> Response:  # noqa: A002
    try:
        role = Role(request.form.get("role", ""))
    except ValueError as error:
        raise InvalidInput("There is no such role") from error
    services().members.set_role(current_actor(), id, role)
    return _back()


@console.action("/members/<id>/remove", api=("DELETE /organization/members/{id}",))
def remove_member(id: str) -> Response:  # noqa: A002
    services().members.remove(current_actor(), id)
    return _back()


def _back() -> Response:
    return see_other("/console/members")
