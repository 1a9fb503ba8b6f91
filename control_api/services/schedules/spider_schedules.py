"""Schedules of spiders: those of the project Default that start spider jobs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from control_api.services.accounts.actor import Actor
from control_api.services.accounts.projects import ProjectService
from control_api.services.errors import ScheduleNotFound
from control_api.services.jobs.creating.job_request import JobRequest
from control_api.services.jobs.spiders.spiders import SpiderService, checked_arguments
from control_api.services.schedules.schedules import (
    MAX_SCHEDULES,
    ScheduleRequest,
    ScheduleService,
)
from spiders.types.spider import SPIDER
from storage.events.schedules import Schedule
from storage.events.slots import Slot


class SpiderSchedules:
    def __init__(
        self, schedules: ScheduleService, projects: ProjectService, spiders: SpiderService
    ) -> None:
        self._schedules = schedules
        self._projects = projects
        self._spiders = spiders

    def create(
        self,
        actor: Actor,
        *,
        spider_id: str,
        cron: str,
        arguments: Mapping[str, Any],
        asked: ScheduleRequest,
    ) -> Schedule:
        crawl = self._crawl(actor, spider_id, arguments)
        project = self._projects.get_default(actor)
        return self._schedules.create(actor, project.id, cron=cron, crawl=crawl, asked=asked)

    def list_all(self, actor: Actor) -> list[Schedule]:
        project = self._projects.find_default(actor)
        if project is None:
            return []
        found, _ = self._schedules.list_page(actor, project.id, limit=MAX_SCHEDULES, offset=0)
        return [schedule for schedule in found if schedule.crawl.kind == SPIDER.name]

    def get(self, actor: Actor, schedule_id: str) -> Schedule:
        schedule = self._schedules.get(actor, schedule_id)
        if schedule.crawl.kind != SPIDER.name:
            raise ScheduleNotFound
        return schedule

    def update(
        self,
        actor: Actor,
        schedule_id: str,
        *,
        spider_id: str | None,
        arguments: Mapping[str, Any] | None,
        asked: ScheduleRequest,
    ) -> Schedule:
        """What is None stays. Arguments are the spider's: another spider needs its own."""
        current = self.get(actor, schedule_id)
        crawl = None
        if spider_id is not None or arguments is not None:
            held = current.crawl.config["arguments"] if spider_id is None else {}
            crawl = self._crawl(
                actor,
                spider_id or current.crawl.config["spiderId"],
                held if arguments is None else arguments,
            )
        return self._schedules.update(actor, schedule_id, replace(asked, crawl=crawl))

    def run(self, actor: Actor, schedule_id: str) -> Slot:
        self.get(actor, schedule_id)
        return self._schedules.run(actor, schedule_id)

    def delete(self, actor: Actor, schedule_id: str) -> None:
        self.get(actor, schedule_id)
        self._schedules.delete(actor, schedule_id)

    def _crawl(self, actor: Actor, spider_id: str, arguments: Mapping[str, Any]) -> JobRequest:
        spider = self._spiders.get(actor, spider_id)
        given = checked_arguments(self._spiders.deployed_of(spider), arguments)
        config = {"spiderId": spider.id, "arguments": given}
        return JobRequest(kind=SPIDER.name, targets=[spider.name], config=config)
