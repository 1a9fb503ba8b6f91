from __future__ import annotations

from dataclasses import replace

from flask.testing import FlaskClient
from pymongo.database import Database

from control_api.app import create_app
from control_api.wiring.api import build_parts
from settings.config import Config
from storage.base.indexes import create_indexes, wrong_indexes

UP = {name: {"status": "up"} for name in ("api", "mongo", "redis")}


def test_all_is_up(client: FlaskClient) -> None:
    answer = client.get("/health")
    assert answer.status_code == 200
    assert answer.json == {"status": "ok", "info": UP, "error": {}, "details": UP}


def test_readiness_fails_while_redis_is_away(config: Config) -> None:
    parts = build_parts(replace(config, redis_url="redis://127.0.0.1:1/0"))
    answer = create_app(config, parts).test_client().get("/health")
    assert answer.status_code == 503
    assert list(answer.json["error"]) == ["redis"]
    assert answer.json["details"]["redis"]["status"] == "down"
    parts.close()


def test_readiness_names_an_index_with_our_name_and_other_options(
    config: Config, database: Database
) -> None:
    parts = build_parts(config)
    database["users"].drop_index("email")
    database["users"].create_index("email", name="email")
    answer = create_app(config, parts).test_client().get("/health")
    refused = wrong_indexes(database)
    database["users"].drop_index("email")
    create_indexes(database)
    parts.close()
    assert (answer.status_code, refused) == (503, ["users.email"])
    assert "users.email" in answer.json["error"]["mongo"]["message"]


def test_readiness_names_missing_indexes(config: Config, database: Database) -> None:
    # An app of its own: once a process has seen the indexes it does not ask for them again.
    parts = build_parts(config)
    database["users"].drop_index("email")
    answer = create_app(config, parts).test_client().get("/health")
    create_indexes(database)
    parts.close()
    assert answer.status_code == 503
    assert "python -m control_api.manage migrate" in answer.json["error"]["mongo"]["message"]
