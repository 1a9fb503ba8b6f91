from __future__ import annotations

from control_api.services.actor import Actor
from control_api.services.audit_trail import AuditTrail
from control_api.services.errors import ApiKeyNotFound, Conflict, ProjectNotFound
from storage.api_keys import ApiKey, ApiKeys
from storage.projects import Projects
from storage.transactions import Session, Transactions
from storage.users import Role, Users

MOST_USER_KEYS = 50


class ApiKeyService:
    """Keys that stand for one project, or for their user. Made and revoked by people, never by a key."""

    def __init__(
        self,
        keys: ApiKeys,
        projects: Projects,
        users: Users,
        *,
        audit: AuditTrail,
        transactions: Transactions,
    ) -> None:
        self._keys = keys
        self._projects = projects
        self._users = users
        self._audit = audit
        self._transactions = transactions

    def find_actor(self, text: str, ip: str | None) -> Actor | None:
        """Who asks with this key; None when it is no key (any more)."""
        key = self._keys.use(text)
        if key is None or not self._still_holds(key):
            return None
        return Actor(
            organization_id=key.organization_id,
            user_id=key.created_by,
            role=Role.MEMBER,
            ip=ip,
            api_key_id=key.id,
            project_id=key.project_id,
        )

    def create(self, actor: Actor, project_id: str, name: str) -> tuple[ApiKey, str]:
        """The key and its text: this is the only time the text can be seen."""

        def work(session: Session) -> tuple[ApiKey, str]:
            if not self._projects.hold(project_id, actor.organization_id, session):
                raise ProjectNotFound
            key, text = self._keys.insert(
                actor.organization_id,
                project_id,
                name=name,
                created_by=actor.user_id,
                session=session,
            )
            self._record(actor, "api_key.created", key.id, project_id, session=session)
            return key, text

        return self._transactions.run(work)

    def create_for_user(self, actor: Actor, name: str) -> tuple[ApiKey, str]:
        """A key that can do what its user can under /api/v1; its text is seen this once."""

        def work(session: Session) -> tuple[ApiKey, str]:
            if len(self._keys.list_of_user(actor.user_id)) >= MOST_USER_KEYS:
                raise Conflict(f"A user can have {MOST_USER_KEYS} keys at most")
            key, text = self._keys.insert(
                actor.organization_id, None, name=name, created_by=actor.user_id, session=session
            )
            self._audit.record(actor, "api_key.created", entity_id=key.id, session=session)
            return key, text

        return self._transactions.run(work)

    def list_of_user(self, actor: Actor) -> list[ApiKey]:
        return self._keys.list_of_user(actor.user_id)

    def revoke_of_user(self, actor: Actor, key_id: str) -> None:
        """The next request with the key is refused."""

        def work(session: Session) -> None:
            if not self._keys.remove_of_user(key_id, actor.user_id, session):
                raise ApiKeyNotFound
            self._audit.record(actor, "api_key.revoked", entity_id=key_id, session=session)

        self._transactions.run(work)

    def list_all(self, actor: Actor, project_id: str) -> list[ApiKey]:
        self._require_project(actor, project_id)
        return self._keys.list_of_project(project_id, actor.organization_id)

    def rename(self, actor: Actor, project_id: str, *, key_id: str, name: str) -> None:
        self._require_project(actor, project_id)

        def work(session: Session) -> None:
            if not self._keys.rename(key_id, project_id, name=name, session=session):
                raise ApiKeyNotFound
            self._record(actor, "api_key.renamed", key_id, project_id, session=session)

        self._transactions.run(work)

    def revoke(self, actor: Actor, project_id: str, key_id: str) -> None:
        """The next request with the key is refused."""
        self._require_project(actor, project_id)

        def work(session: Session) -> None:
            if not self._keys.remove(key_id, project_id, session):
                raise ApiKeyNotFound
            self._record(actor, "api_key.revoked", key_id, project_id, session=session)

        self._transactions.run(work)

    def _still_holds(self, key: ApiKey) -> bool:
        # A user's key goes with the user; a project's stays with the project.
        return key.project_id is not None or self._users.find(key.created_by) is not None

    def _require_project(self, actor: Actor, project_id: str) -> None:
        if self._projects.find(project_id, actor.organization_id) is None:
            raise ProjectNotFound

    def _record(
        self, actor: Actor, action: str, key_id: str, project_id: str, *, session: Session
    ) -> None:
        self._audit.record(
            actor, action, entity_id=key_id, metadata={"projectId": project_id}, session=session
        )
