"""Direct mode's lists of targets: `-a targets=…`, `-a keywords=…`, and files of them."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from spiders.base import BadArgument
from spiders.targets import EmptyTarget, NotAnAmazonTarget
from spiders.targets.lists import (
    ListedText,
    is_table,
    texts_from_lines,
    texts_from_table,
)

Read = TypeVar("Read")

logger = logging.getLogger(__name__)

MAX_NAMED = 20
STANDARD_INPUT = "-"


def read_listed(
    name: str,
    texts: Iterable[ListedText],
    read: Callable[[str], Read | EmptyTarget],
    *,
    on_invalid: str,
) -> list[Read]:
    """What `read` makes of each text of the list. Empty texts are left out.

    Raises BadArgument that names every text that is no target; `on_invalid` "skip" leaves them out
    with a line in the log.
    """
    if on_invalid not in ("fail", "skip"):
        raise BadArgument(f"on_invalid is {on_invalid!r}, it must be fail or skip")
    found: list[Read] = []
    refused: list[str] = []
    for listed in texts:
        line = f"line {listed.line}: " if listed.line else ""
        try:
            if listed.fault:
                raise NotAnAmazonTarget(listed.text, listed.fault)
            target = read(listed.text)
        except NotAnAmazonTarget as error:
            refused.append(f"{line}{error}")
            continue
        if not isinstance(target, EmptyTarget):
            found.append(target)
    if refused and not (on_invalid == "skip" and found):
        named = "; ".join(refused[:MAX_NAMED])
        raise BadArgument(f"{name}: {len(refused)} of the texts are no targets: {named}")
    for reason in refused:
        logger.warning("%s: skipped %s", name, reason)
    return found


def texts_from_file(name: str, file: str, *, columns: Sequence[str]) -> list[ListedText]:
    """The texts of the file that the argument `name` names, `-` for standard input.

    A .csv or .tsv is a table, a .txt has one text a line. Anything else is a table where its first
    line is a header. Raises BadArgument: there is no such file, or it cannot be read.
    """
    kind = Path(file).suffix.casefold()
    try:
        data = _content(file)
        if kind in (".csv", ".tsv") or (kind != ".txt" and is_table(data)):
            return texts_from_table(data, columns)
        return texts_from_lines(data)
    except OSError as error:
        raise BadArgument(f"{name}: {file} cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise BadArgument(f"{name}: {file}: {error}") from error


def _content(file: str) -> bytes:
    path = Path(file).expanduser()
    return path.read_bytes() if path.is_file() else _stream(file)


@lru_cache(maxsize=1)
def _stream(file: str) -> bytes:
    """Kept: a crawl makes its spider twice (arguments are checked first), a pipe is read only once."""
    if file == STANDARD_INPUT:
        return sys.stdin.buffer.read()
    return Path(file).expanduser().read_bytes()
