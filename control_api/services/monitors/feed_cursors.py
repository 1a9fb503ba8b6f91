"""Cursors of the change feed. Opaque to clients; each holds its project, so that it opens no other."""

from __future__ import annotations

import base64
import binascii
import re

from control_api.services.errors import InvalidInput

_CURSOR = re.compile(r"^([^:]{1,100}):([0-9]{1,15})$")


def cursor_from_seq(project_id: str, seq: int) -> str:
    """Stands behind the change of this number."""
    text = f"{project_id}:{seq}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def seq_from_cursor(project_id: str, cursor: str) -> int:
    """Raises InvalidInput for what is no cursor of this project's feed."""
    padded = cursor + "=" * (-len(cursor) % 4)
    try:
        text = base64.b64decode(padded.encode(), altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, UnicodeError):
        text = ""
    found = _CURSOR.match(text)
    if found is None or found[1] != project_id:
        raise InvalidInput("since must be start, now, or a cursor that this feed gave")
    return int(found[2])
