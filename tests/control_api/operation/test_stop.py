"""SIGTERM ends the API within the ten seconds that a service manager allows."""

from __future__ import annotations

import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from settings.config import Config
from tests.control_api.processes import running_api

MAX_STOP_SECONDS = 10


@pytest.mark.slow
def test_a_request_that_never_ends_does_not_hold_the_stop(config: Config, tmp_path: Path) -> None:
    """granian by itself waits 30 s for such a client, and for ever for a worker that was still
    importing the app when it was told to stop."""
    with running_api(config, tmp_path / "api.log", workers=2) as url:
        parts = urlsplit(url)
        assert parts.hostname and parts.port
        client = socket.create_connection((parts.hostname, parts.port))
        client.sendall(b"GET /health HTTP/1.1\r\nHost:")
        time.sleep(0.2)
        told_at = time.monotonic()
    assert time.monotonic() - told_at < MAX_STOP_SECONDS
    client.close()
