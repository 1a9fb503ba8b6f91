"""The API as a process of its own, under the server that production uses."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from string import Template

import httpx

from deploy.embedded.ports import free_port
from settings.config import Config

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 30


@contextmanager
def running_api(
    config: Config, log: Path, *, workers: int = 1, environ: Mapping[str, str] | None = None
) -> Iterator[str]:
    """Base URL of a granian with `workers` processes on the stores of `config`."""
    with running_api_process(config, log, workers=workers, environ=environ) as (url, _):
        yield url


@contextmanager
def running_api_process(
    config: Config, log: Path, *, workers: int = 1, environ: Mapping[str, str] | None = None
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Its base URL, and the process whose children the workers are."""
    port = free_port()
    command = _start_command(port=port, workers=workers)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.endswith("_proxy")},
        "MONGODB_URI": config.mongodb_uri,
        "MONGODB_DATABASE": config.mongodb_database,
        "REDIS_URL": config.redis_url,
        "JWT_SECRET": config.jwt_secret,
        "OPERATOR_TOKEN": config.operator_token,
        **(environ or {}),
    }
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_ready(url, process, log)
        yield url, process
    finally:
        _stop(process)


def _start_command(*, port: int, workers: int) -> list[str]:
    """As the Procfile starts it."""
    lines = (ROOT / "Procfile").read_text().splitlines()
    (line,) = [line for line in lines if line.startswith("api: ")]
    text = Template(line.removeprefix("api: exec "))
    filled = text.substitute(API_PORT=port, API_WORKERS=workers)
    return [sys.executable, "-m", *shlex.split(filled)]


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise


def _wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{url}/health", trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"the API did not come up:\n{log.read_text()[-2000:]}")
