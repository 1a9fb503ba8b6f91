from __future__ import annotations

from control_api.services.actor import Actor
from control_api.services.audit_trail import AuditTrail
from control_api.services.errors import Conflict, EmailAlreadyExists, NotFound
from control_api.services.passwords import Passwords
from storage.transactions import Session, Transactions
from storage.users import EmailTaken, NewUser, Role, User, Users


class MemberService:
    """The people of one organization; its owners manage them."""

    def __init__(
        self,
        users: Users,
        *,
        audit: AuditTrail,
        passwords: Passwords,
        transactions: Transactions,
    ) -> None:
        self._users = users
        self._audit = audit
        self._passwords = passwords
        self._transactions = transactions

    def list_all(self, actor: Actor) -> list[User]:
        return self._users.list_of_organization(actor.organization_id)

    def add(self, actor: Actor, *, email: str, password: str, name: str | None, role: Role) -> User:
        """A new account in the actor's organization; its owner hands over the password."""
        new = NewUser(
            organization_id=actor.organization_id,
            email=email,
            name=name,
            role=role,
            password_hash=self._passwords.hash(password),
        )

        def work(session: Session) -> User:
            user = self._users.insert(new, session)
            self._audit.record(
                actor,
                "member.added",
                entity_id=user.id,
                metadata={"role": role.value},
                session=session,
            )
            return user

        try:
            return self._transactions.run(work)
        except EmailTaken as error:
            raise EmailAlreadyExists from error

    def remove(self, actor: Actor, user_id: str) -> None:
        """The account is gone and its tokens with it."""
        if user_id == actor.user_id:
            # So an organization never loses its last owner.
            raise Conflict("You cannot remove yourself")

        def work(session: Session) -> None:
            if not self._users.remove(user_id, actor.organization_id, session):
                raise NotFound("Member not found")
            self._audit.record(actor, "member.removed", entity_id=user_id, session=session)

        self._transactions.run(work)
