"""Promise A7: schemathesis over the OpenAPI document finds no 500, no undocumented status, no answer
outside its schema. SCHEMA_EXAMPLES sets how many requests each route gets (`make chaos`: many)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pymongo.database import Database
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from settings.config import Config
from tests.control_api.conftest import OPERATOR_TOKEN, Tenant

EXAMPLES = int(os.environ.get("SCHEMA_EXAMPLES", "4"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture
def config(config: Config) -> Config:
    """Requests shall get beyond the limit of /api/v1 too."""
    return replace(config, api_v1_rate_limit=1_000_000)


@pytest.fixture
def admin(tenant: Tenant, database: Database) -> Iterator[Tenant]:
    """May do everything, so that requests get beyond the gate."""
    database["users"].update_one({"_id": tenant.user_id}, {"$set": {"isAdmin": True}})
    database["organizations"].update_one({}, {"$set": {"plan": "unlimited"}})
    return tenant


@pytest.mark.timeout(120 + 10 * EXAMPLES)
def test_no_answer_is_undocumented(app: Flask, admin: Tenant) -> None:
    project = admin.make_project()
    job = admin.make_job(project)["id"]
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", app)
    seen = 0
    failures: list[FailureGroup] = []
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.path == "/auth/change-password":
            continue  # a lucky guess would end the token
        seen += 1
        try:
            _attack(operation, admin, [project, job, admin.user_id, admin.organization_id])
        except FailureGroup as error:
            failures.append(error)
    assert seen > 40
    if failures:
        raise BaseExceptionGroup("routes that break the document", failures)


def _attack(operation, admin: Tenant, ids: list[str]) -> None:
    token = OPERATOR_TOKEN if operation.path == "/metrics" else admin.token
    headers = {"Authorization": f"Bearer {token}"}

    @hypothesis_settings(
        max_examples=EXAMPLES,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=operation.as_strategy(),
        known=st.none() | st.sampled_from(ids),
    )
    def run(case, known: str | None) -> None:
        if known is not None and case.path_parameters:
            # Random ids are 404s; some requests shall reach an object.
            case.path_parameters = dict.fromkeys(case.path_parameters, known)
        if operation.method.upper() == "DELETE" or "members" in operation.path:
            case.path_parameters = dict.fromkeys(case.path_parameters or {}, "x")
        case.call_and_validate(headers=headers, checks=CHECKS)

    run()
