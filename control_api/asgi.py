"""`granian --interface asgi control_api.asgi:app`"""

from __future__ import annotations

from control_api.app import create_app
from control_api.http.end_watch import EndWatch
from control_api.http.waiting import Places
from control_api.logs import configure_logs
from control_api.server import Server
from control_api.wiring.api import build_parts
from settings.config import current_config

config = current_config()
configure_logs(config.log_level)
parts = build_parts(config)
app = Server(
    create_app(config, parts),
    threads=config.api_threads,
    max_body_bytes=config.max_body_bytes,
    places=Places(config.api_waiters),
    ends=EndWatch(parts.services.jobs.open_among, count_defect=parts.services.count_defect),
)
