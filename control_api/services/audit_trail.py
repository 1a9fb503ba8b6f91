from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from control_api.services.actor import Actor
from storage.audit import Audit, NewAuditEntry
from storage.transactions import Session


class AuditTrail:
    def __init__(self, audit: Audit) -> None:
        self._audit = audit

    def record(
        self,
        actor: Actor,
        action: str,
        *,
        entity_id: str,
        metadata: Mapping[str, Any] | None = None,
        session: Session | None = None,
    ) -> None:
        """Write that `actor` did `action`, which is spelled `entity.verb`."""
        self._audit.insert(
            NewAuditEntry(
                organization_id=actor.organization_id,
                user_id=actor.user_id,
                action=action,
                entity_type=action.partition(".")[0],
                entity_id=entity_id,
                metadata=metadata or {},
                ip=actor.ip,
            ),
            session,
        )
