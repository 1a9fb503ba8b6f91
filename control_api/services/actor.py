from __future__ import annotations

from dataclasses import dataclass

from storage.users import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who asks, as the credential says. Every query takes its organization from here."""

    organization_id: str
    user_id: str
    role: Role
    is_admin: bool = False
    ip: str | None = None
