from __future__ import annotations

from control_api.services.accounts.actor import Actor
from control_api.services.accounts.audit_trail import AuditTrail
from control_api.services.errors import ProjectNotFound
from storage.accounts.projects import DefaultProjectExists, Project, ProjectChange, Projects
from storage.base.codec import changes_of
from storage.base.transactions import Session, Transactions

DEFAULT_PROJECT = "Default"


class ProjectService:
    def __init__(
        self, projects: Projects, *, audit: AuditTrail, transactions: Transactions
    ) -> None:
        self._projects = projects
        self._audit = audit
        self._transactions = transactions

    def create(self, actor: Actor, name: str) -> Project:
        def work(session: Session) -> Project:
            project = self._projects.insert(actor.organization_id, name, session=session)
            self._audit.record(
                actor,
                "project.created",
                entity_id=project.id,
                entity_name=project.name,
                metadata={"name": name},
                session=session,
            )
            return project

        return self._transactions.run(work)

    def get_default(self, actor: Actor) -> Project:
        """Where jobs go that name no project; made when first needed."""
        found = self._projects.find_default(actor.organization_id)
        if found is not None:
            return found
        try:
            return self._transactions.run(lambda session: self._insert_default(session, actor))
        except DefaultProjectExists:
            return self._transactions.run(lambda session: self._insert_default(session, actor))

    def find_default(self, actor: Actor) -> Project | None:
        return self._projects.find_default(actor.organization_id)

    def _insert_default(self, session: Session, actor: Actor) -> Project:
        found = self._projects.find_default(actor.organization_id, session)
        if found is not None:
            return found
        project = self._projects.insert(
            actor.organization_id, DEFAULT_PROJECT, session=session, is_default=True
        )
        self._audit.record(
            actor,
            "project.created",
            entity_id=project.id,
            entity_name=project.name,
            metadata={"name": project.name},
            session=session,
        )
        return project

    def list_page(
        self, actor: Actor, *, archived: bool | None, limit: int, offset: int
    ) -> tuple[list[Project], int]:
        if actor.project_id is not None:
            own = [self.get(actor, actor.project_id)]
            shown = [project for project in own if archived in (None, project.archived)]
            return shown[offset : offset + limit], len(shown)
        return self._projects.list_page(
            actor.organization_id, archived=archived, limit=limit, offset=offset
        )

    def get(self, actor: Actor, project_id: str) -> Project:
        project = self._projects.find(project_id, actor.organization_id)
        if project is None or not actor.sees(project.id):
            raise ProjectNotFound
        return project

    def update(self, actor: Actor, project_id: str, change: ProjectChange) -> Project:
        def work(session: Session) -> Project:
            project = self._projects.update(project_id, actor.organization_id, change, session)
            if project is None:
                raise ProjectNotFound
            self._audit.record(
                actor,
                "project.updated",
                entity_id=project.id,
                entity_name=project.name,
                metadata=changes_of(change),
                session=session,
            )
            return project

        return self._transactions.run(work)
