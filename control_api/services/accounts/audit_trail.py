from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from control_api.services.accounts.actor import Actor
from storage.accounts.audit import Audit, AuditEntry, AuditFilter, NewAuditEntry
from storage.base.records import Job
from storage.base.transactions import Session


class AuditTrail:
    def __init__(self, audit: Audit) -> None:
        self._audit = audit

    def record(
        self,
        actor: Actor,
        action: str,
        *,
        entity_id: str,
        entity_name: str,
        metadata: Mapping[str, Any] | None = None,
        session: Session | None = None,
    ) -> None:
        """Write that `actor` did `action`, which is spelled `entity.verb`.

        `entity_name` is what people call the object, so that the entry can be read when it is gone.
        """
        self._audit.insert(
            NewAuditEntry(
                organization_id=actor.organization_id,
                user_id=actor.user_id,
                user_email=actor.email,
                user_name=actor.name,
                action=action,
                entity_type=action.partition(".")[0],
                entity_id=entity_id,
                entity_name=entity_name,
                metadata={**(metadata or {}), **_key_used(actor)},
                ip=actor.ip,
            ),
            session,
        )

    def list_page(
        self, actor: Actor, *, limit: int, offset: int, chosen: AuditFilter
    ) -> tuple[list[AuditEntry], int]:
        """What was done in the actor's organization, newest first, and how many entries in all."""
        return self._audit.list_page(
            actor.organization_id, limit=limit, offset=offset, chosen=chosen
        )


def name_of_job(job: Job) -> str:
    """What an audit entry calls a job, which has no name of its own."""
    return f"{job.kind} job, {job.counts.total} target{'' if job.counts.total == 1 else 's'}"


def _key_used(actor: Actor) -> dict[str, str]:
    return {"apiKeyId": actor.api_key_id} if actor.api_key_id else {}
