"""Direct mode's lists of targets: `-a targets=…`, `-a keywords=…`."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import TypeVar

from spiders.base import BadArgument
from spiders.targets import NotAnAmazonTarget

Read = TypeVar("Read")

logger = logging.getLogger(__name__)

MAX_NAMED = 20
_SEPARATORS = re.compile(r"[,\n]")


def read_argument(
    name: str, text: str, read: Callable[[str], Read], *, on_invalid: str
) -> list[tuple[str, Read]]:
    """Each text of the list, between commas or line ends, with what `read` makes of it.

    Raises BadArgument that names every text that is no target; `on_invalid` "skip" leaves them out
    with a line in the log.
    """
    if on_invalid not in ("fail", "skip"):
        raise BadArgument(f"on_invalid is {on_invalid!r}, it must be fail or skip")
    found: list[tuple[str, Read]] = []
    refused: list[str] = []
    for one in _SEPARATORS.split(text):
        if not one.strip():
            continue
        try:
            found.append((one.strip(), read(one)))
        except NotAnAmazonTarget as error:
            refused.append(str(error))
    if refused and not (on_invalid == "skip" and found):
        named = "; ".join(refused[:MAX_NAMED])
        raise BadArgument(f"{name}: {len(refused)} of the texts are no targets: {named}")
    for reason in refused:
        logger.warning("%s: skipped %s", name, reason)
    return found
