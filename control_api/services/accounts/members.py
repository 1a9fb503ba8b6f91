from __future__ import annotations

from dataclasses import dataclass

from control_api.services.accounts.actor import Actor
from control_api.services.accounts.audit_trail import AuditTrail
from control_api.services.accounts.membership import Membership
from control_api.services.accounts.passwords import Passwords
from control_api.services.errors import Conflict, EmailAlreadyExists, NotFound
from storage.accounts.users import EmailTaken, NewUser, Role, User, Users
from storage.base.transactions import Session, Transactions


@dataclass(frozen=True, slots=True)
class Removed:
    """`keys_ended`: API keys of the person in the organization, which are refused from now on."""

    user: User
    keys_ended: int


class MemberService:
    """The people of one organization; its owners manage them."""

    def __init__(
        self,
        users: Users,
        membership: Membership,
        *,
        audit: AuditTrail,
        passwords: Passwords,
        transactions: Transactions,
    ) -> None:
        self._users = users
        self._membership = membership
        self._audit = audit
        self._passwords = passwords
        self._transactions = transactions

    def list_all(self, actor: Actor) -> list[User]:
        return self._users.list_of_organization(actor.organization_id)

    def add(self, actor: Actor, *, email: str, password: str, name: str | None, role: Role) -> User:
        """A new account in the actor's organization, whose password must be changed at first use."""
        new = NewUser(
            organization_id=actor.organization_id,
            email=email,
            name=name,
            role=role,
            password_hash=self._passwords.hash(password),
            must_change_password=True,
        )

        def work(session: Session) -> User:
            user = self._users.insert(new, session)
            self._record(actor, "member.added", user, session, role=role.value)
            return user

        try:
            return self._transactions.run(work)
        except EmailTaken as error:
            raise EmailAlreadyExists(
                f"{email} is registered already: invite them with POST /organization/invitations"
            ) from error

    def set_role(self, actor: Actor, user_id: str, role: Role) -> User:
        """Raises Conflict when nobody else would be an owner."""

        def work(session: Session) -> User:
            user = self._find(actor, user_id, session)
            if role is not Role.OWNER:
                self._require_owner_beside(user, session)
            changed = self._users.set_role(user, role, session)
            if changed is None:
                raise NotFound("Member not found")
            self._record(actor, "member.updated", user, session, role=role.value)
            return changed

        return self._transactions.run(work)

    def remove(self, actor: Actor, user_id: str) -> Removed:
        """The person is out, and what they held ends: tokens, and API keys that they made.

        An account that an owner made is removed; one that came by an invitation goes on in an
        organization of its own.
        """
        if user_id == actor.user_id:
            raise Conflict("You cannot remove yourself; use POST /organization/leave")

        def work(session: Session) -> Removed:
            user = self._find(actor, user_id, session)
            self._require_owner_beside(user, session)
            keys_ended = self._membership.end_keys(user, session)
            if user.came_by_invitation:
                self._membership.give_own_organization(user, session)
            elif self._users.remove(user_id, actor.organization_id, session) is None:
                raise NotFound("Member not found")
            self._record(
                actor, "member.removed", user, session, role=user.role.value, keysEnded=keys_ended
            )
            return Removed(user, keys_ended)

        return self._transactions.run(work)

    def _find(self, actor: Actor, user_id: str, session: Session) -> User:
        user = self._users.find_in_organization(user_id, actor.organization_id, session)
        if user is None:
            raise NotFound("Member not found")
        return user

    def _require_owner_beside(self, user: User, session: Session) -> None:
        if not self._membership.has_owner_beside(user, session):
            raise Conflict("An organization needs an owner: make another member one first")

    def _record(
        self, actor: Actor, action: str, user: User, session: Session, **metadata: str | int
    ) -> None:
        self._audit.record(
            actor,
            action,
            entity_id=user.id,
            entity_name=user.email,
            metadata={"email": user.email, "name": user.name, **metadata},
            session=session,
        )
