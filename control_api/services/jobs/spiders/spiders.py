"""Spiders by name: those that are deployed, and presets over them. No code ever comes from a request."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from control_api.services.accounts.actor import Actor
from control_api.services.accounts.audit_trail import AuditTrail
from control_api.services.errors import Conflict, Forbidden, InvalidInput, SpiderNotFound
from settings.dedicated import NUMBERS, SWITCHES
from storage.base.transactions import Session, Transactions
from storage.runs.spiders import NewPreset, Spider, SpiderNameTaken, Spiders

MAX_ARGUMENTS = 50
MAX_ARGUMENT_LENGTH = 10_000


class SpiderService:
    def __init__(self, spiders: Spiders, *, audit: AuditTrail, transactions: Transactions) -> None:
        self._spiders = spiders
        self._audit = audit
        self._transactions = transactions

    def list_all(self, actor: Actor, *, name: str | None, limit: int) -> list[Spider]:
        return self._spiders.list_page(actor.organization_id, name=name, limit=limit)

    def get(self, actor: Actor, spider_id: str, session: Session | None = None) -> Spider:
        spider = self._spiders.find(spider_id, actor.organization_id, session)
        if spider is None:
            raise SpiderNotFound
        return spider

    def find(self, actor: Actor, *, spider_id: str | None, name: str | None) -> Spider:
        """By id, else by name; both must mean the same spider where both are given."""
        if spider_id is None and name is None:
            raise InvalidInput("Missing spider_id or spider_name")
        if spider_id is None:
            found = self._spiders.find_by_name(name or "", actor.organization_id)
        else:
            found = self._spiders.find(spider_id, actor.organization_id)
        if found is None or (name is not None and found.name != name):
            raise SpiderNotFound
        return found

    def find_many(self, actor: Actor, ids: list[str]) -> dict[str, Spider]:
        return self._spiders.find_many(ids, actor.organization_id)

    def deployed_of(self, spider: Spider) -> Spider:
        """The deployed spider that a preset stands on; raises SpiderNotFound when it is gone."""
        if spider.organization_id is None:
            return spider
        deployed = self._spiders.find_deployed(spider.spider)
        if deployed is None:
            raise SpiderNotFound(f"The deployed spider of {spider.name} is gone")
        return deployed

    def create(
        self,
        actor: Actor,
        *,
        name: str,
        repo_path: str,
        description: str | None,
        settings: Mapping[str, Any],
        repo_id: str | None,
    ) -> Spider:
        deployed = self._deployed_file(repo_path)
        new = NewPreset(
            organization_id=actor.organization_id,
            name=name,
            spider=deployed.spider,
            repo_path=deployed.repo_path,
            description=description,
            settings=checked_settings(settings),
            repo_id=repo_id,
            created_by=actor.user_id,
        )

        def work(session: Session) -> Spider:
            spider = self._spiders.insert(new, session)
            metadata = {"name": name, "repoPath": repo_path}
            self._audit.record(
                actor,
                "spider.created",
                entity_id=spider.id,
                entity_name=spider.name,
                metadata=metadata,
                session=session,
            )
            return spider

        return self._once_of_a_name(work)

    def update(self, actor: Actor, spider_id: str, changes: Mapping[str, Any]) -> Spider:
        """`changes`: name, repo_path, description, settings, repo_id; what is not there stays."""
        fields = dict(changes)
        if "settings" in fields:
            fields["settings"] = checked_settings(fields["settings"])
        if "repo_path" in fields:
            fields["spider"] = self._deployed_file(fields["repo_path"]).spider

        def work(session: Session) -> Spider:
            self._require_own(actor, spider_id, session)
            changed = self._spiders.update(
                spider_id, actor.organization_id, changes=fields, session=session
            )
            if changed is None:
                raise SpiderNotFound
            metadata = {"changed": sorted(changes)}
            self._audit.record(
                actor,
                "spider.updated",
                entity_id=spider_id,
                entity_name=changed.name,
                metadata=metadata,
                session=session,
            )
            return changed

        return self._once_of_a_name(work)

    def delete(self, actor: Actor, spider_id: str) -> None:
        """Its jobs stay. Schedules that start it record that it is gone."""

        def work(session: Session) -> None:
            spider = self._require_own(actor, spider_id, session)
            self._spiders.delete(spider_id, actor.organization_id, session)
            self._audit.record(
                actor,
                "spider.deleted",
                entity_id=spider_id,
                entity_name=spider.name,
                session=session,
            )

        self._transactions.run(work)

    def _require_own(self, actor: Actor, spider_id: str, session: Session) -> Spider:
        spider = self.get(actor, spider_id, session)
        if spider.organization_id is None:
            raise Forbidden("A deployed spider changes with its deployment only")
        return spider

    def _deployed_file(self, repo_path: str) -> Spider:
        deployed = self._spiders.find_deployed_file(repo_path)
        if deployed is None:
            raise InvalidInput("repo_path must be a spider file of the deployed project")
        return deployed

    def _once_of_a_name(self, work: Any) -> Spider:
        try:
            spider: Spider = self._transactions.run(work)
        except SpiderNameTaken as error:
            raise Conflict("There is a spider of that name already") from error
        return spider


def checked_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Only what is on the list, within its bounds."""
    for name, value in settings.items():
        shown = name[:60]
        if name in SWITCHES:
            # `1` equals True, and is no boolean.
            if not isinstance(value, bool) or value not in SWITCHES[name]:
                allowed = " or ".join(str(choice).lower() for choice in SWITCHES[name])
                raise InvalidInput(f"settings.{shown} must be {allowed}")
        elif name in NUMBERS:
            low, high = NUMBERS[name]
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            if not is_number or not low <= value <= high:
                raise InvalidInput(f"settings.{shown} must be a number from {low:g} to {high:g}")
        else:
            names = ", ".join(sorted((*NUMBERS, *SWITCHES)))
            raise InvalidInput(f"settings.{shown} cannot be set; there are: {names}")
    return dict(settings)


def checked_arguments(deployed: Spider, arguments: Mapping[str, Any]) -> dict[str, str]:
    """As a spider gets them: texts. Only what the spider declares, scalars only."""
    if len(arguments) > MAX_ARGUMENTS:
        raise InvalidInput(f"arguments must contain no more than {MAX_ARGUMENTS} elements")
    checked = {}
    for name, value in arguments.items():
        if name not in deployed.arguments:
            known = ", ".join(deployed.arguments) or "none"
            raise InvalidInput(f"arguments.{name[:60]} is unknown to the spider; it takes: {known}")
        if value is not None:
            checked[name] = _argument_text(name, value)
    return checked


def _argument_text(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and not math.isfinite(value):
        raise InvalidInput(f"arguments.{name} must be a finite number")
    if not isinstance(value, str | int | float):
        raise InvalidInput(f"arguments.{name} must be a string, a number or a boolean value")
    text = str(value)
    if len(text) > MAX_ARGUMENT_LENGTH:
        raise InvalidInput(
            f"arguments.{name} must be shorter than or equal to {MAX_ARGUMENT_LENGTH} characters"
        )
    if any(character in text for character in "\0\r\n"):
        raise InvalidInput(f"arguments.{name} must be one line")
    return text
