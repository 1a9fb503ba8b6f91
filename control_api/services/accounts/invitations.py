from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from control_api.services.accounts.actor import Actor
from control_api.services.accounts.audit_trail import AuditTrail
from control_api.services.accounts.membership import Membership
from control_api.services.errors import Conflict, Forbidden, NotFound
from storage.accounts.invitations import Invitation, Invitations
from storage.accounts.organizations import Organization, Organizations
from storage.accounts.users import Role, User, Users, email_key
from storage.base.transactions import Session, Transactions

MAX_INVITATIONS = 100
_GONE = "Invitation not found: it was used, withdrawn, or has expired"


@dataclass(frozen=True, slots=True)
class Joined:
    organization: Organization
    user: User


class InvitationService:
    """Invitations are made by owners, and accepted by people who are registered already.

    Who is not registered yet hands the token to the registration (`Accounts.register`).
    """

    def __init__(
        self,
        invitations: Invitations,
        users: Users,
        organizations: Organizations,
        *,
        membership: Membership,
        audit: AuditTrail,
        transactions: Transactions,
    ) -> None:
        self._invitations = invitations
        self._users = users
        self._organizations = organizations
        self._membership = membership
        self._audit = audit
        self._transactions = transactions

    def create(
        self, actor: Actor, *, email: str | None, role: Role, lifetime: timedelta
    ) -> tuple[Invitation, str]:
        """The invitation and its token: this is the only time the token can be seen."""

        def work(session: Session) -> tuple[Invitation, str]:
            self._organizations.hold(actor.organization_id, session)
            waiting = self._invitations.list_of_organization(actor.organization_id, session)
            if len(waiting) >= MAX_INVITATIONS:
                raise Conflict(f"An organization can have {MAX_INVITATIONS} open invitations")
            invitation, token = self._invitations.insert(
                actor.organization_id,
                email=email,
                role=role,
                created_by=actor.user_id,
                lifetime=lifetime,
                session=session,
            )
            self._record(actor, "invitation.created", invitation, session)
            return invitation, token

        return self._transactions.run(work)

    def list_all(self, actor: Actor) -> list[Invitation]:
        return self._invitations.list_of_organization(actor.organization_id)

    def revoke(self, actor: Actor, invitation_id: str) -> None:
        def work(session: Session) -> None:
            invitation = self._invitations.remove(invitation_id, actor.organization_id, session)
            if invitation is None:
                raise NotFound(_GONE)
            self._record(actor, "invitation.revoked", invitation, session)

        self._transactions.run(work)

    def accept(self, actor: Actor, token: str) -> Joined:
        """Move the actor into the organization that invites; keys of the one that is left end.

        Raises NotFound for a token that does not hold, Forbidden for somebody else's, Conflict when
        the organization that is left would lose its only owner or its projects.
        """

        def work(session: Session) -> Joined:
            invitation = take_invitation(self._invitations, token, actor.email or "", session)
            user = self._users.find_in_organization(actor.user_id, actor.organization_id, session)
            organization = self._organizations.find(invitation.organization_id, session)
            if user is None or organization is None:
                raise NotFound(_GONE)
            if user.organization_id == organization.id:
                raise Conflict("You are in this organization already")
            self._membership.require_owner_for_the_others(user, session)
            self._membership.require_no_projects(user, session)
            keys_ended = self._membership.end_keys(user, session)
            moved = self._users.move(
                user, organization.id, role=invitation.role, by_invitation=True, session=session
            )
            if moved is None:
                raise Conflict("Your organization changed meanwhile; try again")
            self._membership.close_if_empty(user.organization_id, session)
            self._record_move(actor, user, organization, session, keys_ended=keys_ended)
            return Joined(organization, moved)

        return self._transactions.run(work)

    def _record_move(
        self,
        actor: Actor,
        user: User,
        organization: Organization,
        session: Session,
        *,
        keys_ended: int,
    ) -> None:
        there = replace(actor, organization_id=organization.id)
        for where, action in ((actor, "member.left"), (there, "member.joined")):
            self._audit.record(
                where,
                action,
                entity_id=user.id,
                entity_name=user.email,
                metadata={"keysEnded": keys_ended} if where is actor else {},
                session=session,
            )

    def _record(self, actor: Actor, action: str, invitation: Invitation, session: Session) -> None:
        self._audit.record(
            actor,
            action,
            entity_id=invitation.id,
            entity_name=invitation.email or "anybody with the link",
            metadata={"role": invitation.role.value},
            session=session,
        )


def take_invitation(
    invitations: Invitations, token: str, email: str, session: Session
) -> Invitation:
    """Use the invitation up, in the caller's transaction.

    Raises NotFound for a token that is unknown, used or expired, Forbidden when it names another
    e-mail address.
    """
    invitation = invitations.find(token, session)
    if invitation is None:
        raise NotFound(_GONE)
    if invitation.email is not None and email_key(invitation.email) != email_key(email):
        raise Forbidden("This invitation is for another e-mail address")
    if invitations.remove(invitation.id, invitation.organization_id, session) is None:
        raise NotFound(_GONE)
    return invitation
