"""`granian --interface wsgi control_api.wsgi:app`"""

from __future__ import annotations

from control_api.app import create_app
from control_api.logs import configure_logs
from settings.config import ConfigError, process_config

configure_logs(process_config().log_level)
try:
    app = create_app()
except ConfigError as error:
    # One line, and no traceback that may quote an address.
    raise SystemExit(f"azscraper: {error}") from None
