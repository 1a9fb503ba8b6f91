"""The last words of a crawler that ended by itself, for whoever asks why none lives."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Thread

_TAIL_BYTES = 8 * 1024
_CLOSING_SECONDS = 1.0


class LastLine:
    """Passes the child's stderr on, and keeps its last line that says something."""

    def __init__(self, child: subprocess.Popen[bytes]) -> None:
        assert child.stderr is not None
        self._pipe = child.stderr
        self._text = ""
        self._thread = Thread(target=self._pass_on, daemon=True)
        self._thread.start()

    def text(self) -> str:
        # What the child has started may hold the pipe open.
        self._thread.join(_CLOSING_SECONDS)
        return self._text

    def _pass_on(self) -> None:
        for line in self._pipe:
            sys.stderr.buffer.write(line)
            sys.stderr.buffer.flush()
            self._text = line.decode(errors="replace").strip() or self._text


def tell_death(command: Sequence[str], *, exit_code: int, stderr_line: str) -> None:
    """Say in Redis why the pool crawler ended. Where that cannot be said, its log still says it."""
    # Imported here: a supervisor that never needs them must stay small, and there is one a crawler.
    from redis.exceptions import RedisError

    from settings.config import ConfigError, load_config
    from settings.secret_texts import without_secrets
    from storage.base.connections import connect_redis
    from storage.queue.fleet_state import FleetState

    spider = _spider_of(command)
    reason = stderr_line or _last_error_in(_log_file_of(command))
    try:
        config = load_config(_stores_of(os.environ))
        with connect_redis(config) as client:
            FleetState(client).note_death(
                spider,
                node=os.environ.get("NODE_NAME") or "local",
                exit_code=exit_code,
                reason=without_secrets(reason or "it said nothing"),
            )
    except (ConfigError, RedisError, ValueError) as error:
        print(f"azscraper: the end of {spider} is told to nobody: {error}", file=sys.stderr)


def is_pool_crawler(command: Sequence[str]) -> bool:
    """Dedicated runs have their own last words, with their job."""
    return "crawl" in command and not any(word.startswith("job_id=") for word in command)


def _stores_of(environ: Mapping[str, str]) -> dict[str, str]:
    """What is wrong may be any other setting."""
    return {"REDIS_URL": environ.get("REDIS_URL", "")}


def _spider_of(command: Sequence[str]) -> str:
    return command[list(command).index("crawl") + 1]


def _log_file_of(command: Sequence[str]) -> Path | None:
    for word in command:
        if word.startswith("LOG_FILE="):
            return Path(word.partition("=")[2])
    return None


def _last_error_in(log: Path | None) -> str:
    if log is None or not log.exists():
        return ""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - _TAIL_BYTES))
        lines = file.read().decode(errors="replace").splitlines()
    return next((line.strip() for line in reversed(lines) if line.strip()), "")
