"""The spiders collection: deployed spiders, which belong to nobody, and organizations' presets over them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo import ReturnDocument
from pymongo.client_session import ClientSession
from pymongo.errors import DuplicateKeyError

from storage.base.clock import utc_now
from storage.base.connections import Document, MongoDatabase
from storage.base.ids import new_id


class SpiderNameTaken(Exception):
    """The organization has a spider of that name, or the deployment has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployedSpider:
    """What a node says of a spider that it can run."""

    name: str
    repo_path: str
    arguments: Sequence[str]
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPreset:
    organization_id: str
    name: str
    spider: str
    repo_path: str
    description: str | None
    settings: Mapping[str, Any]
    repo_id: str | None
    created_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Spider:
    """`spider` is the deployed spider's name: that of a preset is its own. `organization_id` None:
    deployed, seen by all."""

    id: str
    organization_id: str | None
    name: str
    spider: str
    repo_path: str
    arguments: Sequence[str]
    description: str | None
    settings: Mapping[str, Any]
    repo_id: str | None
    version: str | None
    created_by: str | None
    created_at: datetime
    updated_at: datetime

    @property
    def is_deployed(self) -> bool:
        return self.organization_id is None


class Spiders:
    def __init__(self, database: MongoDatabase) -> None:
        self._spiders = database["spiders"]

    def register(self, deployed: Sequence[DeployedSpider], *, version: str) -> None:
        """Make the deployed spiders known, or known anew. Any node may say so, any number of times."""
        for spider in deployed:
            fields = {
                "spider": spider.name,
                "repoPath": spider.repo_path,
                "arguments": list(spider.arguments),
                "description": spider.description,
                "version": version,
                "updatedAt": utc_now(),
            }
            fresh: Document = {
                "_id": new_id(),
                "settings": {},
                "repoId": None,
                "createdBy": None,
                "createdAt": utc_now(),
            }
            self._spiders.update_one(
                {"organizationId": None, "name": spider.name},
                {"$set": fields, "$setOnInsert": fresh},
                upsert=True,
            )

    def insert(self, new: NewPreset, session: ClientSession) -> Spider:
        """Raises SpiderNameTaken."""
        if self._spiders.find_one({"organizationId": None, "name": new.name}, session=session):
            raise SpiderNameTaken
        now = utc_now()
        document: Document = {
            "_id": new_id(),
            "organizationId": new.organization_id,
            "name": new.name,
            "spider": new.spider,
            "repoPath": new.repo_path,
            "arguments": [],
            "description": new.description,
            "settings": dict(new.settings),
            "repoId": new.repo_id,
            "version": None,
            "createdBy": new.created_by,
            "createdAt": now,
            "updatedAt": now,
        }
        try:
            self._spiders.insert_one(document, session=session)
        except DuplicateKeyError as error:
            raise SpiderNameTaken from error
        return _spider_from_document(document)

    def find(
        self, spider_id: str, organization_id: str, session: ClientSession | None = None
    ) -> Spider | None:
        query = {"_id": spider_id, "organizationId": {"$in": [organization_id, None]}}
        document = self._spiders.find_one(query, session=session)
        return _spider_from_document(document) if document else None

    def find_by_name(self, name: str, organization_id: str) -> Spider | None:
        """The organization's own, else the deployed one."""
        query = {"name": name, "organizationId": {"$in": [organization_id, None]}}
        document = self._spiders.find_one(query, sort=[("organizationId", -1)])
        return _spider_from_document(document) if document else None

    def find_deployed(self, name: str) -> Spider | None:
        document = self._spiders.find_one({"name": name, "organizationId": None})
        return _spider_from_document(document) if document else None

    def find_deployed_file(self, repo_path: str) -> Spider | None:
        document = self._spiders.find_one({"repoPath": repo_path, "organizationId": None})
        return _spider_from_document(document) if document else None

    def find_many(self, ids: Sequence[str], organization_id: str) -> dict[str, Spider]:
        query = {"_id": {"$in": list(ids)}, "organizationId": {"$in": [organization_id, None]}}
        return {one["_id"]: _spider_from_document(one) for one in self._spiders.find(query)}

    def list_page(self, organization_id: str, *, name: str | None, limit: int) -> list[Spider]:
        """By name; `name` is a part of it, in any case of letters."""
        query: Document = {"organizationId": {"$in": [organization_id, None]}}
        if name:
            # A pattern may not hold the null character itself.
            pattern = re.escape(name).replace("\0", r"\x00")
            query["name"] = {"$regex": pattern, "$options": "i"}
        found = self._spiders.find(query).sort("name", 1).limit(limit)
        return [_spider_from_document(document) for document in found]

    def update(
        self,
        spider_id: str,
        organization_id: str,
        *,
        changes: Mapping[str, Any],
        session: ClientSession,
    ) -> Spider | None:
        """`changes` knows: name, spider, repo_path, description, settings, repo_id."""
        names = {"repo_path": "repoPath", "repo_id": "repoId"}
        fields = {names.get(name, name): value for name, value in changes.items()}
        taken = {"organizationId": None, "name": fields.get("name")}
        if "name" in fields and self._spiders.find_one(taken, session=session):
            raise SpiderNameTaken
        try:
            document = self._spiders.find_one_and_update(
                {"_id": spider_id, "organizationId": organization_id},
                {"$set": {**fields, "updatedAt": utc_now()}},
                return_document=ReturnDocument.AFTER,
                session=session,
            )
        except DuplicateKeyError as error:
            raise SpiderNameTaken from error
        return _spider_from_document(document) if document else None

    def delete(self, spider_id: str, organization_id: str, session: ClientSession) -> bool:
        query = {"_id": spider_id, "organizationId": organization_id}
        return self._spiders.delete_one(query, session=session).deleted_count == 1


def _spider_from_document(document: Document) -> Spider:
    return Spider(
        id=document["_id"],
        organization_id=document["organizationId"],
        name=document["name"],
        spider=document["spider"],
        repo_path=document["repoPath"],
        arguments=document["arguments"],
        description=document["description"],
        settings=document["settings"],
        repo_id=document["repoId"],
        version=document["version"],
        created_by=document["createdBy"],
        created_at=document["createdAt"],
        updated_at=document["updatedAt"],
    )
