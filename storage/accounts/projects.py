"""The projects collection. Each query carries the organization: there is no way to ask without."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pymongo import ReturnDocument
from pymongo.client_session import ClientSession
from pymongo.errors import DuplicateKeyError

from storage.base.clock import utc_now
from storage.base.codec import Codec, changes_of
from storage.base.connections import Document, MongoDatabase
from storage.base.ids import new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    id: str
    organization_id: str
    name: str
    archived: bool
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectChange:
    """What a client may change; None: it stays as it is."""

    name: str | None = None
    archived: bool | None = None


_CODEC = Codec(Project)


class DefaultProjectExists(Exception):
    """Another request made it first. Raised by `insert`; nothing is written."""


class Projects:
    def __init__(self, database: MongoDatabase) -> None:
        self._projects = database["projects"]

    def insert(
        self, organization_id: str, name: str, *, session: ClientSession, is_default: bool = False
    ) -> Project:
        """Raises DefaultProjectExists: an organization has one default project at most."""
        now = utc_now()
        project = Project(
            id=new_id(),
            organization_id=organization_id,
            name=name,
            archived=False,
            created_at=now,
            updated_at=now,
        )
        document = _CODEC.document(project)
        if is_default:
            document["isDefault"] = True
        try:
            self._projects.insert_one(document, session=session)
        except DuplicateKeyError as error:
            raise DefaultProjectExists from error
        return project

    def find_default(
        self, organization_id: str, session: ClientSession | None = None
    ) -> Project | None:
        """Where jobs go that name no project."""
        query = {"organizationId": organization_id, "isDefault": True}
        document = self._projects.find_one(query, session=session)
        return _CODEC.record(document) if document else None

    def find(
        self, project_id: str, organization_id: str, session: ClientSession | None = None
    ) -> Project | None:
        query = {"_id": project_id, "organizationId": organization_id}
        document = self._projects.find_one(query, session=session)
        return _CODEC.record(document) if document else None

    def list_page(
        self, organization_id: str, *, archived: bool | None, limit: int, offset: int
    ) -> tuple[list[Project], int]:
        """Projects, newest first, and how many there are in all."""
        query: Document = {"organizationId": organization_id}
        if archived is not None:
            query["archived"] = archived
        found = self._projects.find(query).sort("_id", -1).skip(offset).limit(limit)
        projects = [_CODEC.record(document) for document in found]
        return projects, self._projects.count_documents(query)

    def count_of_organization(self, organization_id: str, session: ClientSession) -> int:
        query = {"organizationId": organization_id}
        return self._projects.count_documents(query, session=session)

    def names_of_organization(self, organization_id: str) -> dict[str, str]:
        """Project id → name."""
        found = self._projects.find({"organizationId": organization_id}, {"name": 1})
        return {document["_id"]: document["name"] for document in found}

    def update(
        self,
        project_id: str,
        organization_id: str,
        change: ProjectChange,
        session: ClientSession,
    ) -> Project | None:
        """None when the organization has no such project."""
        document = self._projects.find_one_and_update(
            {"_id": project_id, "organizationId": organization_id},
            {"$set": {**changes_of(change), "updatedAt": utc_now()}},
            return_document=ReturnDocument.AFTER,
            session=session,
        )
        return _CODEC.record(document) if document else None

    def hold(self, project_id: str, organization_id: str, session: ClientSession) -> bool:
        """Keep the project from being removed until the transaction ends; False when it is gone.

        The write makes a parallel removal and this transaction exclude each other.
        """
        done = self._projects.update_one(
            {"_id": project_id, "organizationId": organization_id},
            {"$inc": {"holds": 1}},
            session=session,
        )
        return done.matched_count == 1

    def remove(
        self, project_id: str, organization_id: str, session: ClientSession
    ) -> Project | None:
        """The project that was removed; None when the organization has no such project."""
        query = {"_id": project_id, "organizationId": organization_id}
        document = self._projects.find_one_and_delete(query, session=session)
        return _CODEC.record(document) if document else None
