"""`granian --interface wsgi control_api.wsgi:app`"""

from __future__ import annotations

from control_api.bootstrap import create_app
from control_api.logs import configure_logs
from settings.config import process_config

configure_logs(process_config().log_level)
app = create_app()
