"""What the store answers beside its products, searches and lists. Each kind is a module of its own here.

Such a module has `find_reply` and `find_facts`, which answer None for a request of another kind, and
`find_subject`: what faults by target tell its requests apart by.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol, TypeVar, cast

from sandbox.goods.catalogue import Catalogue
from sandbox.http.messages import Reply, Request
from sandbox.locales import Locale
from sandbox.truth import Facts

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, and by what its answer is made."""

    request: Request
    catalogue: Catalogue
    locale: Locale
    hour: int


class Kind(Protocol):
    def find_reply(self, asked: Asked) -> Reply | None: ...

    def find_facts(self, asked: Asked) -> Facts | None: ...

    def find_subject(self, request: Request) -> str | None: ...


@lru_cache(maxsize=1)
def kinds() -> tuple[Kind, ...]:
    names = sorted(module.name for module in iter_modules(__path__))
    return tuple(cast(Kind, import_module(f"{__name__}.{name}")) for name in names)


def find_reply(asked: Asked) -> Reply | None:
    return _first(lambda kind: kind.find_reply(asked))


def find_facts(asked: Asked) -> Facts | None:
    return _first(lambda kind: kind.find_facts(asked))


def find_subject(request: Request) -> str | None:
    return _first(lambda kind: kind.find_subject(request))


def _first(ask: Callable[[Kind], Found | None]) -> Found | None:
    return next((found for kind in kinds() if (found := ask(kind)) is not None), None)
