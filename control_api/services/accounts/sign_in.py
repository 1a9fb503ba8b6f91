"""Logins with the limits on guessing, and the handing over of a login."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from control_api.services.accounts.accounts import Accounts
from control_api.services.errors import (
    InvalidCredentials,
    RateLimited,
    Unauthorized,
    Unavailable,
    WrongCurrentPassword,
)
from storage.accounts.handoffs import Handoff, Handoffs
from storage.accounts.users import User, email_key
from storage.queue.rate_limits import Limit, RateLimits

_LOGIN_WINDOW_SECONDS = 15 * 60
_REGISTRATION_WINDOW_SECONDS = 60 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInLimits:
    """Failed logins count, in 15 minutes; registrations in an hour."""

    failed_per_account: int
    failed_per_address: int
    registrations_per_address: int


class SignIn:
    def __init__(
        self, accounts: Accounts, handoffs: Handoffs, rates: RateLimits, limits: SignInLimits
    ) -> None:
        self._accounts = accounts
        self._handoffs = handoffs
        self._rates = rates
        self._account = Limit("login-account", limits.failed_per_account, _LOGIN_WINDOW_SECONDS)
        self._address = Limit("login-address", limits.failed_per_address, _LOGIN_WINDOW_SECONDS)
        self._registrations = Limit(
            "register", limits.registrations_per_address, _REGISTRATION_WINDOW_SECONDS
        )

    def register(
        self,
        email: str,
        password: str,
        *,
        name: str | None,
        referral_code: str | None,
        ip: str | None,
        username: str | None = None,
        invitation_token: str | None = None,
    ) -> User:
        self._count(self._registrations, ip or "")
        return self._accounts.register(
            email,
            password,
            name=name,
            referral_code=referral_code,
            ip=ip,
            username=username,
            invitation_token=invitation_token,
        )

    def login(self, email: str, password: str, *, ip: str | None) -> User:
        with self._attempt(email_key(email), ip):
            return self._accounts.login(email, password, ip=ip)

    def login_by_name(self, name: str, password: str, *, ip: str | None) -> User:
        """By e-mail address or username; failures count against the account, whichever was used."""
        user = self._accounts.find_by_login(name)
        return self.login(user.email if user else name, password, ip=ip)

    def change_password(self, user_id: str, *, current: str, new: str, ip: str | None) -> User:
        """The user in a new token generation: every older token has ended."""
        user = self._accounts.get(user_id)
        with self._attempt(email_key(user.email), ip):
            return self._accounts.change_password(user, current, new, ip=ip)

    def confirm_password(self, user_id: str, password: str, *, ip: str | None) -> None:
        """Raises WrongCurrentPassword; failures count like those of a login."""
        user = self._accounts.get(user_id)
        with self._attempt(email_key(user.email), ip):
            self._accounts.require_password(user, password)

    def start_handoff(self, email: str, password: str, *, ip: str | None) -> tuple[str, datetime]:
        """A token that is good for one login, and when it expires."""
        user = self.login(email, password, ip=ip)
        return self._handoffs.insert(Handoff(user.id, user.token_generation))

    def finish_handoff(self, token: str, *, ip: str | None) -> User:
        """Raises Unauthorized for a token that is unknown, used or expired."""
        with self._attempt(None, ip):
            return self._user_of(self._handoffs.consume(token))

    def look_at_handoff(self, token: str, *, ip: str | None) -> User:
        """Who the token would sign in; it can still be used. Raises Unauthorized as `finish_handoff`."""
        with self._attempt(None, ip):
            return self._user_of(self._handoffs.find(token))

    def _user_of(self, handoff: Handoff | None) -> User:
        user = handoff and self._accounts.find_token_owner(handoff.user_id, handoff.generation)
        if not user:
            raise Unauthorized
        return user

    @contextmanager
    def _attempt(self, account: str | None, ip: str | None) -> Iterator[None]:
        """Counts as failed before it is tried, so that parallel guesses are counted too."""
        counted = [(self._address, ip or "")]
        if account is not None:
            counted.append((self._account, account))
        events: list[tuple[Limit, str, str]] = []
        for limit, subject in counted:
            try:
                events.append((limit, subject, self._count(limit, subject)))
            except RateLimited:
                self._take_back(events)
                raise
        try:
            yield
        except (InvalidCredentials, WrongCurrentPassword, Unauthorized):
            raise
        except Exception:
            self._take_back(events)
            raise
        self._take_back(events)

    def _count(self, limit: Limit, subject: str) -> str:
        """The event, for taking it back. Uncounted guesses would be guesses without a limit, so
        nobody signs in while Redis is away; tokens that were issued hold on."""
        verdict = self._rates.hit(limit, subject)
        if not verdict.is_counted:
            raise Unavailable("Sign-ins cannot be counted at the moment; try again soon")
        if not verdict.passed:
            raise RateLimited(verdict.retry_after_seconds)
        return verdict.event

    def _take_back(self, events: list[tuple[Limit, str, str]]) -> None:
        for limit, subject, event in events:
            self._rates.take_back(limit, subject, event)
