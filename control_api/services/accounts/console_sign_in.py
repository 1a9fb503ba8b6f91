"""Sessions of the console: which user a browser's token stands for."""

from __future__ import annotations

from collections.abc import Sequence

from control_api.services.accounts.accounts import Accounts
from control_api.services.accounts.actor import Actor
from control_api.services.errors import NotFound
from storage.accounts.console_sessions import ConsoleSession, ConsoleSessions
from storage.accounts.users import User

_MAX_BROWSER_LENGTH = 200


class ConsoleSignIn:
    def __init__(self, sessions: ConsoleSessions, accounts: Accounts) -> None:
        self._sessions = sessions
        self._accounts = accounts

    def start(self, user: User, *, replaces: str | None, address: str | None, browser: str) -> str:
        """The token of a new session. `replaces`: the browser's earlier token, which ends."""
        if replaces is not None:
            self._sessions.remove(replaces)
        return self._sessions.insert(
            user.id, user.token_generation, address=address, browser=browser[:_MAX_BROWSER_LENGTH]
        )

    def find_user(self, token: str) -> User | None:
        """None for a session that has ended, or began before the last change of password."""
        session = self._sessions.find(token)
        if session is None:
            return None
        return self._accounts.find_token_owner(session.user_id, session.generation)

    def end(self, token: str) -> None:
        self._sessions.remove(token)

    def list_sessions(self, actor: Actor) -> Sequence[ConsoleSession]:
        user = self._accounts.get(actor.user_id)
        return self._sessions.list_of_user(user.id, user.token_generation)

    def end_session(self, actor: Actor, session_id: str) -> None:
        if not self._sessions.remove_of_user(actor.user_id, session_id):
            raise NotFound("Session not found")
