"""The one call of docs/api.md, run as it is written."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Serve

PAGE = Path(__file__).resolve().parents[2] / "docs" / "api.md"

pytestmark = pytest.mark.timeout(120)


def documented_call() -> str:
    section = PAGE.read_text().partition("### One call for one product")[2]
    found = re.search(r"```sh\n(.*?)```", section, flags=re.DOTALL)
    assert found
    return found[1]


def test_the_one_call_returns_the_products_row(serve: Serve) -> None:
    _, client = serve()
    project = client.post("/projects", json={"name": "mine"}).json()["data"]["id"]
    environ = {
        **{name: value for name, value in os.environ.items() if not name.endswith("_proxy")},
        "API_BASE": str(client.base_url).rstrip("/"),
        "PROJECT_ID": project,
        "TOKEN": client.headers["Authorization"].removeprefix("Bearer "),
    }
    command = documented_call()
    ran = subprocess.run(
        ["bash", "-ec", command],
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    job = json.loads(ran.stdout)["data"]
    (row,) = job["rows"]
    assert (job["status"], row["asin"]) == ("completed", job["targets"][0]["value"])
    assert row["title"]
    assert row["price"] is not None
