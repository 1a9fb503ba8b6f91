"""The README's first job and its places, as a new user copies them from it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from tests.end_to_end.conftest import Serve

ROOT = Path(__file__).resolve().parents[2]
FROM, TO = "## A first job", "## The first real job"
# Started by the fixture.
STARTS_THE_STACK = "make up\n"
PROBES = ".venv/bin/scrapy probe sandbox --deliver-to 10115\n"

pytestmark = pytest.mark.timeout(300)


def commands() -> str:
    text = (ROOT / "README.md").read_text()
    part = text[text.index(FROM) : text.index(TO)]
    blocks = re.findall(r"```sh\n(.*?)```", part, re.DOTALL)
    assert len(blocks) == 2 and STARTS_THE_STACK in blocks[0]
    return "set -eo pipefail\n" + "\n".join(blocks).replace(STARTS_THE_STACK, "")


def user_folder(folder: Path, stack: dict[str, str]) -> Path:
    """What the commands need of a clone in which the stack is up."""
    folder.mkdir()
    (folder / ".data").mkdir()
    (folder / ".data" / "stack.json").write_text(json.dumps(stack))
    (folder / "scrapy.cfg").symlink_to(ROOT / "scrapy.cfg")
    (folder / ".venv").symlink_to(ROOT / ".venv")
    return folder


def test_rows_of_each_place_are_what_the_store_says(serve: Serve, tmp_path: Path) -> None:
    if not (ROOT / ".venv" / "bin" / "scrapy").exists():
        pytest.skip("the README's commands run ./.venv/bin/scrapy, which is not here")
    farm, client = serve()
    sandbox_url = farm.environ["SANDBOX_URL"]
    stack = {
        "apiUrl": str(client.base_url).rstrip("/"),
        "sandboxUrl": sandbox_url,
        "email": "tester@example.com",
        "password": "correct horse battery",
    }
    done = subprocess.run(
        ["bash", "-c", commands()],
        cwd=user_folder(tmp_path / "clone", stack),
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    assert "works: pages come for New York 10115 as asked in USD" in done.stdout
    shown = [line.split(" | ") for line in done.stdout.splitlines() if line.count(" | ") == 3]
    prices: dict[str, dict[str, str]] = {}
    for asked, place, asin, price in shown:
        place_asked = asked if asked == "CH" else f"US:{asked}"
        facts = httpx.get(
            f"{sandbox_url}/__truth/s", params={"k": "desk lamp", "place": place_asked}
        ).json()
        row = next(row for row in facts["rows"] if row["asin"] == asin)
        assert place == facts["deliverTo"]
        amount = row["price"]["amount"] if row["price"] else "no price"
        assert price.lstrip("$").replace(",", "") == amount, (asked, asin)
        prices.setdefault(asked, {})[asin] = price
    assert list(prices) == ["10115", "90210", "CH"]
    assert prices["10115"] != prices["90210"] != prices["CH"]
    assert prices["10115"].keys() == prices["90210"].keys() == prices["CH"].keys()


class _NoJobs(BaseHTTPRequestHandler):
    """An API that signs in, makes projects, and refuses jobs."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.path.endswith("/jobs"):
            self.answer(402, {"error": {"message": "No credits are left"}})
        else:
            self.answer(201, {"data": {"accessToken": "token", "id": "1"}})

    def do_GET(self) -> None:
        self.answer(404, {"error": {"message": "There is no such job"}})

    def answer(self, status: int, body: dict[str, object]) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_: object) -> None:
        pass


def test_a_job_that_is_refused_is_shown_and_ends_the_wait(tmp_path: Path) -> None:
    """In a shell that goes on after an error, as a user's does."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _NoJobs) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        stack = {"apiUrl": url, "sandboxUrl": url, "email": "a@example.com", "password": "word"}
        done = subprocess.run(
            ["bash", "-c", commands().replace("set -eo pipefail", "").replace(PROBES, "")],
            cwd=user_folder(tmp_path / "clone", stack),
            env={"PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            timeout=60,
        )
        server.shutdown()
    # The first job, and the first of the places; the loop ends there.
    assert done.stderr.count("No credits are left") == 2
    assert "There is no such job" in done.stdout
