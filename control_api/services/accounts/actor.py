from __future__ import annotations

from dataclasses import dataclass

from storage.accounts.users import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who asks, as the credential says. Every query takes its organization from here.

    Behind an API key, `user_id` is the user who made the key.
    """

    organization_id: str
    user_id: str
    role: Role
    # The person's, for the audit trail; None for a schedule that nobody starts by hand.
    email: str | None = None
    name: str | None = None
    is_admin: bool = False
    must_change_password: bool = False
    ip: str | None = None
    # The request's `X-Request-Id`; None for what no request began.
    request_id: str | None = None
    # Set for a project API key, which can see nothing beyond its project.
    api_key_id: str | None = None
    project_id: str | None = None

    def sees(self, project_id: str) -> bool:
        return self.project_id is None or self.project_id == project_id
