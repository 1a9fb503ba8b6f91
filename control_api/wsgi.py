"""`granian --interface wsgi control_api.wsgi:app`"""

from __future__ import annotations

from control_api.bootstrap import create_app

app = create_app()
