from __future__ import annotations

from datetime import timedelta
from typing import cast

from flask import Response, redirect

from control_api.azscraper.account.links import sign_up_page
from control_api.azscraper.schemas.account.invitations import (
    AcceptBody,
    InvitationBody,
    InvitationLinkPath,
    InvitationPath,
    InvitationsAnswer,
    JoinedAnswer,
    JoinedOut,
    LeftAnswer,
    NewInvitationAnswer,
    NewInvitationOut,
)
from control_api.http.blueprint import dialect_blueprint
from control_api.http.context import current_actor, services
from control_api.http.json_text import json_answer, succeeded
from control_api.http.own_address import own_origin
from control_api.http.schemas import ErrorEnvelope, SuccessAnswer
from control_api.services.records import Role

invitations = dialect_blueprint("invitations", "How people join an organization, and leave it")
invitation_links = dialect_blueprint(
    "invitation-links", "Where an invitation leads", is_public=True
)

_INVITATIONS = "/organization/invitations"


@invitations.post(
    _INVITATIONS,
    summary="Invite a person",
    description="The link is good for one person and once. No mail is sent: hand the link over"
    " yourself. Owners only.",
    responses={201: NewInvitationAnswer, 409: ErrorEnvelope, 415: ErrorEnvelope},
)
def create_invitation(body: InvitationBody) -> Response:
    invitation, token = services().invitations.create(
        current_actor(),
        email=body.email,
        role=Role(body.role),
        lifetime=timedelta(days=body.expiresInDays),
    )
    made = NewInvitationOut.read(invitation, token=token, link=f"{own_origin()}/i/{token}")
    return json_answer(NewInvitationAnswer.of(made), 201)


@invitations.get(_INVITATIONS, summary="List open invitations", responses={200: InvitationsAnswer})
def list_invitations() -> Response:
    found = services().invitations.list_all(current_actor())
    return json_answer(InvitationsAnswer.of(found, total=len(found)))


@invitations.delete(
    f"{_INVITATIONS}/<id>", summary="Withdraw an invitation", responses={200: SuccessAnswer}
)
def revoke_invitation(path: InvitationPath) -> Response:
    services().invitations.revoke(current_actor(), path.id)
    return succeeded()


@invitations.post(
    "/invitations/accept",
    summary="Accept an invitation",
    description="For a person who is registered: moves the account into the organization that"
    " invites. API keys that the person made in the organization that is left end. Who is not"
    " registered yet sends the token as `invitationToken` to `POST /auth/register`.",
    responses={200: JoinedAnswer, 409: ErrorEnvelope, 415: ErrorEnvelope},
)
def accept_invitation(body: AcceptBody) -> Response:
    joined = services().invitations.accept(current_actor(), body.token)
    return json_answer(JoinedAnswer.of(JoinedOut.read(joined, role=joined.user.role)))


@invitations.post(
    "/organization/leave",
    summary="Leave your organization",
    description="The account goes on in a new organization of its own. Refused to the only owner.",
    responses={200: LeftAnswer, 409: ErrorEnvelope},
)
def leave_organization() -> Response:
    return json_answer(LeftAnswer.of(services().departures.leave(current_actor())))


@invitation_links.get(
    "/i/<token>",
    summary="Follow an invitation's link",
    description="Leads to the page where one signs up (`SIGN_UP_URL`). The invitation stays unused.",
    responses={302: {"description": "To that page, with `invitation=<token>`"}},
)
def follow_invitation(path: InvitationLinkPath) -> Response:
    answer = redirect(sign_up_page("invitation", path.token))
    answer.headers["Cache-Control"] = "no-store"
    # The token stands in the address of the next page.
    answer.headers["Referrer-Policy"] = "no-referrer"
    return cast(Response, answer)
