"""The embedded stack for a bench: the one that is up, or one that is started and stopped here."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[1]
STACK_JSON = ROOT / ".data" / "stack.json"


@contextmanager
def running_stack() -> Iterator[dict[str, Any]]:
    """The content of stack.json."""
    was_up = _call("status", check=False) == 0
    if not was_up:
        _call("up")
    try:
        yield json.loads(STACK_JSON.read_text())
    finally:
        if not was_up:
            _call("down")


def signed_in(stack: dict[str, Any]) -> httpx.Client:
    """A client of the first user."""
    client = httpx.Client(base_url=stack["apiUrl"], timeout=30, trust_env=False)
    body = {"email": stack["email"], "password": stack["password"]}
    answer = client.post("/auth/login", json=body)
    answer.raise_for_status()
    client.headers["Authorization"] = f"Bearer {answer.json()['data']['accessToken']}"
    return client


def new_project(client: httpx.Client, name: str) -> str:
    answer = client.post("/projects", json={"name": name})
    answer.raise_for_status()
    return str(answer.json()["data"]["id"])


def wait_for_end(client: httpx.Client, job_id: str, *, seconds: float) -> dict[str, Any]:
    deadline = time.monotonic() + seconds
    while True:
        job: dict[str, Any] = client.get(f"/jobs/{job_id}").json()["data"]
        if job["status"] not in ("queued", "running"):
            return job
        if time.monotonic() > deadline:
            sys.exit(f"job {job_id} did not end within {seconds:g} s: {job['counts']}")
        time.sleep(0.1)


def _call(command: str, *, check: bool = True) -> int:
    done = subprocess.run(
        [sys.executable, "-m", "deploy.embedded", command],
        cwd=ROOT,
        check=check,
        stdout=subprocess.DEVNULL,
    )
    return done.returncode
