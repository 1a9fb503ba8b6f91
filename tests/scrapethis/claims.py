"""A run on its way to a node, and those who claim it."""

from __future__ import annotations

from typing import Any

from pymongo.database import Database

from storage.base.connections import open_database
from storage.base.sessions import open_session
from storage.runs.run_claims import RunClaims
from storage.runs.runs import Run, Runs


def dispatched(database: Database, job_id: str) -> Run:
    runs = Runs(database)
    run = runs.find(job_id)
    assert run is not None
    found = runs.dispatch(run, "127.0.0.1:1")
    assert found is not None
    return found


def claims_of(database: Database, config: Any) -> RunClaims:
    client = database.client
    return RunClaims(client, open_database(client, config), open_session(client))
