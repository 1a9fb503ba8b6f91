"""Where a page of a monitor's watches ends. The place in the feed goes with it from the first page on."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from control_api.services.errors import InvalidInput

_PLACE = re.compile(r"^([0-9]{1,15}):(.{1,100})$")


@dataclass(frozen=True, slots=True)
class PagePlace:
    """`after`: the key of the last watch that was shown. `seq`: where the feed stood at the beginning."""

    after: str
    seq: int

    @property
    def cursor(self) -> str:
        text = f"{self.seq}:{self.after}"
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def page_from_cursor(cursor: str) -> PagePlace:
    padded = cursor + "=" * (-len(cursor) % 4)
    try:
        text = base64.b64decode(padded.encode(), altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, UnicodeError):
        text = ""
    found = _PLACE.match(text)
    if found is None:
        raise InvalidInput("cursor must be one that an earlier page gave")
    return PagePlace(found[2], int(found[1]))
