from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from control_api.services.accounts.actor import Actor
from control_api.services.accounts.audit_trail import AuditTrail
from control_api.services.errors import ApiKeyNotFound, Conflict, ProjectNotFound
from storage.accounts.api_keys import ApiKey, ApiKeys
from storage.accounts.projects import Projects
from storage.accounts.users import Role, User, Users
from storage.base.transactions import Session, Transactions

MAX_USER_KEYS = 50


@dataclass(frozen=True, slots=True)
class KeyProject:
    id: str
    name: str | None


@dataclass(frozen=True, slots=True)
class ListedKey:
    """`creator` None: the account is gone. `project_name` None: the key stands for a user."""

    key: ApiKey
    creator: User | None
    project_name: str | None = None

    @property
    def project(self) -> KeyProject | None:
        if self.key.project_id is None:
            return None
        return KeyProject(self.key.project_id, self.project_name)


class ApiKeyService:
    """Keys that stand for one project, or for their user. Made and revoked by people, never by a key.

    A key opens nothing any more once the person who made it has left the organization.
    """

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
        if key is None:
            return None
        creator = self._users.find(key.created_by)
        if creator is None or creator.organization_id != key.organization_id:
            # Whoever made it is out. A removal ends the keys as well; this also stops one that was
            # made while the removal ran.
            return None
        return Actor(
            organization_id=key.organization_id,
            user_id=key.created_by,
            role=Role.MEMBER,
            email=creator.email,
            name=creator.name,
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
            self._record(actor, "api_key.created", key, session)
            return key, text

        return self._transactions.run(work)

    def create_for_user(self, actor: Actor, name: str) -> tuple[ApiKey, str]:
        """A key that can do what its user can under /api/v1; its text is seen this once."""

        def work(session: Session) -> tuple[ApiKey, str]:
            if len(self._keys.list_of_user(actor.user_id)) >= MAX_USER_KEYS:
                raise Conflict(f"A user can have {MAX_USER_KEYS} keys at most")
            key, text = self._keys.insert(
                actor.organization_id, None, name=name, created_by=actor.user_id, session=session
            )
            self._record(actor, "api_key.created", key, session)
            return key, text

        return self._transactions.run(work)

    def list_of_user(self, actor: Actor) -> list[ApiKey]:
        return self._keys.list_of_user(actor.user_id)

    def revoke_of_user(self, actor: Actor, key_id: str) -> None:
        """The next request with the key is refused."""

        def work(session: Session) -> None:
            key = self._keys.remove_of_user(key_id, actor.user_id, session)
            if key is None:
                raise ApiKeyNotFound
            self._record(actor, "api_key.revoked", key, session)

        self._transactions.run(work)

    def list_all(self, actor: Actor, project_id: str) -> list[ListedKey]:
        self._require_project(actor, project_id)
        return self._listed(self._keys.list_of_project(project_id, actor.organization_id))

    def newest_of(
        self, actor: Actor, project_ids: Sequence[str], *, limit: int, before: str | None
    ) -> list[ListedKey]:
        """Of these projects of the actor together, newest first, by one question."""
        return self._listed(
            self._keys.newest_of(actor.organization_id, project_ids, limit=limit, before=before)
        )

    def list_of_organization(self, actor: Actor) -> list[ListedKey]:
        """Every key that opens something of the organization: of its projects and of its people."""
        names = self._projects.names_of_organization(actor.organization_id)
        return self._listed(self._keys.list_of_organization(actor.organization_id), names)

    def revoke_of_organization(self, actor: Actor, key_id: str) -> None:
        """The next request with the key is refused."""

        def work(session: Session) -> None:
            key = self._keys.remove_of_organization(key_id, actor.organization_id, session)
            if key is None:
                raise ApiKeyNotFound
            self._record(actor, "api_key.revoked", key, session)

        self._transactions.run(work)

    def _listed(
        self, keys: list[ApiKey], project_names: Mapping[str, str] | None = None
    ) -> list[ListedKey]:
        people = self._users.find_all({key.created_by for key in keys})
        names = project_names or {}
        return [
            ListedKey(key, people.get(key.created_by), names.get(key.project_id or ""))
            for key in keys
        ]

    def rename(self, actor: Actor, project_id: str, *, key_id: str, name: str) -> None:
        self._require_project(actor, project_id)

        def work(session: Session) -> None:
            key = self._keys.rename(key_id, project_id, name=name, session=session)
            if key is None:
                raise ApiKeyNotFound
            self._record(actor, "api_key.renamed", key, session)

        self._transactions.run(work)

    def revoke(self, actor: Actor, project_id: str, key_id: str) -> None:
        """The next request with the key is refused."""
        self._require_project(actor, project_id)

        def work(session: Session) -> None:
            key = self._keys.remove(key_id, project_id, session)
            if key is None:
                raise ApiKeyNotFound
            self._record(actor, "api_key.revoked", key, session)

        self._transactions.run(work)

    def _require_project(self, actor: Actor, project_id: str) -> None:
        if self._projects.find(project_id, actor.organization_id) is None:
            raise ProjectNotFound

    def _record(self, actor: Actor, action: str, key: ApiKey, session: Session) -> None:
        self._audit.record(
            actor,
            action,
            entity_id=key.id,
            entity_name=key.name,
            metadata={"projectId": key.project_id} if key.project_id else {},
            session=session,
        )
