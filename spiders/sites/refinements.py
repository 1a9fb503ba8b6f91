"""What a search is narrowed down by: `rh` of its address, such as `n:172282,p_89:Anker|Sony`. No I/O.

An entry is a name and a value. `n` is a browse node; where there are several, each lies in the one
before. All other names begin with `p_`, and each store has numbers of its own for most of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

NODE = "n"
# In minor units of the store's currency: `p_36:1000-2500`.
PRICE = "p_36"
# As a search's address says it; elsewhere the name of its own for the same.
KEYWORD, DEPARTMENT = "k", "i"
_ENTRY = re.compile(r"([a-z][a-z0-9_-]{0,80}):(\S.{0,300})")
# A comma of a value is none between entries.
_BETWEEN = re.compile(r",(?=\s*[a-z][a-z0-9_-]*:)")
_NODE = re.compile(r"!?[0-9]{1,15}")

Entry = tuple[str, str]


class BadRefinement(ValueError):
    """It is not a name and a value; the message names it."""


def entry_from_text(text: str) -> Entry:
    """Of `p_89:Anker`; raises BadRefinement."""
    found = _ENTRY.fullmatch(text.strip())
    if found is None:
        raise BadRefinement(
            f"{text[:60]!r} is no refinement; one is a name and a value: p_89:Anker"
        )
    name, value = found.groups()
    if name == NODE and not _NODE.fullmatch(value):
        raise BadRefinement(f"{value[:60]!r} is no browse node; one is a number: n:172282")
    return name, value


def is_node(text: str) -> bool:
    return _NODE.fullmatch(text) is not None and not text.startswith("!")


def entries_from_text(text: str) -> list[Entry]:
    """Of `rh`, in its order; raises BadRefinement."""
    return [entry_from_text(part) for part in _BETWEEN.split(text) if part.strip(" ,")]


def text_from_entries(entries: Iterable[Entry]) -> str:
    """The one spelling of a set of entries: nodes first, in their order; the others by name. Values of
    one name are alternatives."""
    nodes: dict[str, None] = {}
    values: dict[str, set[str]] = {}
    for name, value in entries:
        if name == NODE:
            nodes[value] = None
        else:
            values.setdefault(name, set()).update(part for part in value.split("|") if part)
    parts = [f"{NODE}:{node}" for node in nodes]
    parts += [f"{name}:{'|'.join(sorted(values[name]))}" for name in sorted(values)]
    return ",".join(parts)


def narrowed(text: str, *, node: str | None, others: Iterable[str], has_prices: bool) -> str:
    """`rh` with what a job adds: its node takes the place of the nodes, its refinements that of those
    of the same name, and its price limits that of the price's. Raises BadRefinement."""
    added = [entry_from_text(one) for one in others]
    if node is not None:
        added.append(entry_from_text(f"{NODE}:{node}"))
    replaced = {name for name, _ in added} | ({PRICE} if has_prices else set())
    kept = [entry for entry in entries_from_text(text) if entry[0] not in replaced]
    return text_from_entries([*kept, *added])
