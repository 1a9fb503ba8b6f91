"""What a browser has to load, and pages while the database is away."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from pymongo.database import Database

from control_api.app import create_app
from control_api.wiring.api import build_parts
from settings.config import Config
from tests.control_api.console.conftest import COOKIE, SAME_SITE, Person, heading
from tests.control_api.console.seeded import seed
from tests.control_api.console.weight import weight

PICTURES = Path(__file__).parents[3] / "docs" / "pictures"


def test_scripts_and_styles_of_a_page_are_light(person: Person, app: Flask) -> None:
    page = person.get("").text
    paths = set(re.findall(r'(?:src|href)="(/console/assets/[^"]+)"', page))
    assert len(paths) == 3
    total = 0
    for path in paths:
        with person.client.get(path) as answer:
            total += weight(answer.data)
    assert total <= 35_000


def test_a_page_of_a_hundred_rows_is_light(person: Person, database: Database) -> None:
    seeded = seed(person.tenant, database)
    page = person.get(f"/jobs/{seeded.running}")
    assert "Rows 1–100 of 130" in page.text
    assert weight(page.data) <= 40_000


def test_pictures_of_the_documents_are_light() -> None:
    found = list(PICTURES.glob("*.png"))
    assert len(found) == 2
    assert all(path.stat().st_size <= 150_000 for path in found)


@pytest.fixture
def without_mongodb(config: Config) -> Flask:
    # Nothing listens there.
    away = replace(config, mongodb_uri="mongodb://127.0.0.1:9/?directConnection=true")
    parts = build_parts(away)
    yield create_app(away, parts)
    parts.close()


def test_a_database_that_is_away_is_a_page_that_says_so(without_mongodb: Flask) -> None:
    client = without_mongodb.test_client()
    client.set_cookie(COOKIE, "some-token")
    for answer in (
        client.get("/console"),
        client.post("/console/login", data={"email": "a@b.cd"}, headers=SAME_SITE),
        client.post("/console/logout", headers=SAME_SITE),
    ):
        assert (answer.status_code, heading(answer)) == (503, "Not available at the moment")
        assert int(answer.headers["Retry-After"]) > 0
    with client.get("/console/assets/app.css") as style:
        assert style.status_code == 200
