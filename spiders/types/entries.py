"""Finds what the modules of a package declare, so that a new module is known without a list of them."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any, Protocol, TypeVar


class Named(Protocol):
    @property
    def name(self) -> str: ...


Entry = TypeVar("Entry", bound=Named)


def entries_in(package: ModuleType, kind: type[Entry], *, without: str) -> tuple[Entry, ...]:
    """The objects of `kind` at the top of the package's modules, each name once, by name.

    `without`: the module that asks; it is not whole yet. A package within a zip file, as a node gets it,
    is read in the same way.
    """
    found: dict[str, Entry] = {}
    for value in _values(package, without=without):
        if isinstance(value, kind):
            found.setdefault(value.name, value)
    return tuple(found[name] for name in sorted(found))


def _values(package: ModuleType, *, without: str) -> Iterator[Any]:
    for module in iter_modules(package.__path__):
        if module.name != without:
            yield from vars(import_module(f"{package.__name__}.{module.name}")).values()
