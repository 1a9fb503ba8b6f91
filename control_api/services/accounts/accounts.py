from __future__ import annotations

from control_api.services.accounts.actor import Actor
from control_api.services.accounts.audit_trail import AuditTrail
from control_api.services.accounts.invitations import take_invitation
from control_api.services.accounts.passwords import Passwords
from control_api.services.accounts.plans import SIGNUP_CREDITS
from control_api.services.accounts.referrals import Attribution
from control_api.services.errors import (
    EmailAlreadyExists,
    InvalidCredentials,
    InvalidInput,
    Unauthorized,
    UsernameAlreadyExists,
    WrongCurrentPassword,
)
from storage.accounts.credits import Credits
from storage.accounts.invitations import Invitations
from storage.accounts.organizations import Organizations
from storage.accounts.users import EmailTaken, NewUser, Role, User, UsernameTaken, Users
from storage.base.transactions import Session, Transactions


class Accounts:
    def __init__(
        self,
        users: Users,
        organizations: Organizations,
        *,
        credits: Credits,  # noqa: A002 (the field's word)
        audit: AuditTrail,
        passwords: Passwords,
        transactions: Transactions,
        attribution: Attribution,
        invitations: Invitations,
        default_plan: str,
    ) -> None:
        self._users = users
        self._organizations = organizations
        self._credits = credits
        self._audit = audit
        self._passwords = passwords
        self._transactions = transactions
        self._attribution = attribution
        self._invitations = invitations
        self._default_plan = default_plan

    def register(
        self,
        email: str,
        password: str,
        *,
        name: str | None = None,
        referral_code: str | None = None,
        ip: str | None = None,
        plan: str | None = None,
        username: str | None = None,
        invitation_token: str | None = None,
    ) -> User:
        """A new user as the owner of a new organization with the signup bonus.

        With `invitation_token` the user joins the organization that invites, in the invitation's role;
        raises NotFound or Forbidden when the invitation does not hold for this e-mail address.

        `username` is a second name to log in with; raises UsernameAlreadyExists when it is another
        user's. Without one the user's name is it, where that is free.
        """
        if self._users.find_by_email(email) is not None:
            raise EmailAlreadyExists
        if username is not None and self.find_by_login(username) is not None:
            raise UsernameAlreadyExists
        password_hash = self._passwords.hash(password)

        login_name = username or self._free_login_name(name)

        def work(session: Session) -> User:
            if invitation_token is None:
                organization_id, role = self._new_organization(name or email, plan, session)
            else:
                invitation = take_invitation(self._invitations, invitation_token, email, session)
                organization_id, role = invitation.organization_id, invitation.role
            new = NewUser(
                organization_id=organization_id,
                email=email,
                name=name,
                role=role,
                password_hash=password_hash,
                username=login_name,
                came_by_invitation=invitation_token is not None,
            )
            user = self._users.insert(new, session)
            if invitation_token is None:
                self._attribution.registered(user, referral_code, session)
            self._audit.record(
                actor_from_user(user, ip),
                "user.registered",
                entity_id=user.id,
                entity_name=user.email,
                session=session,
            )
            return user

        try:
            return self._transactions.run(work)
        except EmailTaken as error:
            raise EmailAlreadyExists from error
        except UsernameTaken as error:
            # Taken since we looked.
            raise UsernameAlreadyExists from error

    def _new_organization(self, name: str, plan: str | None, session: Session) -> tuple[str, Role]:
        organization = self._organizations.insert(
            name.partition("@")[0], plan or self._default_plan, session=session
        )
        self._credits.grant(organization.id, SIGNUP_CREDITS, reason="signup_bonus", session=session)
        return organization.id, Role.OWNER

    def _free_login_name(self, name: str | None) -> str | None:
        # With an @ it would pass for the address of somebody who registers later.
        is_free = name and "@" not in name and self.find_by_login(name) is None
        return name if is_free else None

    def find_by_login(self, text: str) -> User | None:
        """The user whose e-mail address this is, or else whose username."""
        return self._users.find_by_email(text) or self._users.find_by_username(text)

    def login(self, email: str, password: str, *, ip: str | None = None) -> User:
        """The user; unknown e-mail and wrong password are one answer, after the same work."""
        user = self._users.find_by_email(email)
        is_right = self._passwords.is_right(password, user.password_hash if user else None)
        if user is None or not is_right:
            raise InvalidCredentials
        self._audit.record(
            actor_from_user(user, ip),
            "user.logged_in",
            entity_id=user.id,
            entity_name=user.email,
        )
        return user

    def get(self, user_id: str) -> User:
        user = self._users.find(user_id)
        if user is None:
            raise Unauthorized
        return user

    def change_password(self, user: User, current: str, new: str, *, ip: str | None) -> User:
        """The user in a new token generation: every older token has ended."""
        self.require_password(user, current)
        if user.must_change_password and new == current:
            raise InvalidInput("newPassword must differ: somebody else knows the current one")
        password_hash = self._passwords.hash(new)

        def work(session: Session) -> User:
            changed = self._users.change_password(user, password_hash, session)
            if changed is None:
                raise WrongCurrentPassword  # another change came first
            self._audit.record(
                actor_from_user(changed, ip),
                "user.password_changed",
                entity_id=user.id,
                entity_name=user.email,
                session=session,
            )
            return changed

        return self._transactions.run(work)

    def require_password(self, user: User, password: str) -> None:
        """Raises WrongCurrentPassword."""
        if not self._passwords.is_right(password, user.password_hash):
            raise WrongCurrentPassword

    def find_token_owner(self, user_id: str, generation: int) -> User | None:
        """The user a token was made for, unless it was made before the last change of password."""
        user = self._users.find(user_id)
        return user if user and user.token_generation == generation else None


def actor_from_user(user: User, ip: str | None) -> Actor:
    return Actor(
        organization_id=user.organization_id,
        user_id=user.id,
        role=user.role,
        email=user.email,
        name=user.name,
        is_admin=user.is_admin,
        must_change_password=user.must_change_password,
        ip=ip,
    )
