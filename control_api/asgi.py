"""`granian --interface asgi control_api.asgi:app`"""

from __future__ import annotations

from control_api.bootstrap import create_app
from control_api.logs import configure_logs
from control_api.server import Server
from settings.config import current_config

configure_logs(current_config().log_level)
app = Server(
    create_app(),
    threads=current_config().api_threads,
    max_body_bytes=current_config().max_body_bytes,
)
