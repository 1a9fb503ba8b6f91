"""Logs: one JSON object a line on stderr, without secrets."""

from __future__ import annotations

import logging
import re
import sys

import orjson
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

_HIDDEN = "***"
_SECRET_NAMES = re.compile(r"password|passwd|secret|token|authorization|cookie|api_?key$", re.I)
_SECRET_TEXTS = re.compile(
    r"(?P<scheme>\bBearer )\S+"
    r"|\beyJ[\w-]+\.[\w-]+\.[\w-]*"  # a JWT
    r"|\b(?:az|st)_[\w-]{16,}"  # an API key
    r"|\bwhsec_[\w+/=-]+"
    r"|(?P<origin>\b[a-z][a-z0-9+.-]*://)[^\s/@]*@"  # user:password@host
    r"|(?P<name>[?&](?:token|key|password|secret|signature|access_token)=)[^&\s]+",
    re.I,
)


def configure_logs(level: str) -> None:
    """Route the standard library's and structlog's records into one handler."""
    before: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        hide_secrets,
    ]
    structlog.configure(
        processors=[*before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=before,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(serializer=_json_text),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    # They write whole URLs, each of which may hold a secret.
    for chatty in ("httpx", "httpcore", "urllib3", "apscheduler"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def hide_secrets(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    for name, value in event.items():
        if _SECRET_NAMES.search(name) and value is not None:
            event[name] = _HIDDEN
        elif isinstance(value, str):
            event[name] = text_without_secrets(value)
    return event


def text_without_secrets(text: str) -> str:
    return _SECRET_TEXTS.sub(_hidden, text)


def _hidden(match: re.Match[str]) -> str:
    groups = match.groupdict()
    if groups["origin"]:
        return f"{groups['origin']}{_HIDDEN}@"
    return f"{groups['scheme'] or groups['name'] or ''}{_HIDDEN}"


def _json_text(value: EventDict, **_: object) -> str:
    return orjson.dumps(value, default=str).decode()
