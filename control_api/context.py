"""What a view reaches for: the services of its app, the actor of its request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app, g, request

from control_api.services.accounts import Accounts
from control_api.services.actor import Actor
from control_api.services.jobs import JobService
from control_api.services.projects import ProjectService
from control_api.services.results import ResultService
from storage.reachability import Reachability

_EXTENSION = "azscraper"


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    accounts: Accounts
    projects: ProjectService
    jobs: JobService
    results: ResultService
    reachability: Reachability


def attach(app: Flask, services: Services) -> None:
    app.extensions[_EXTENSION] = services


def services() -> Services:
    return cast(Services, current_app.extensions[_EXTENSION])


def set_actor(actor: Actor) -> None:
    g.actor = actor


def current_actor() -> Actor:
    """The actor that the gate let in. On a public route there is none, and this raises."""
    return cast(Actor, g.actor)


def client_address() -> str | None:
    return request.remote_addr
