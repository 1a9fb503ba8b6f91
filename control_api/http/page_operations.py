"""Which operations of the API a page of the console stands for: it shows and does nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

_ATTRIBUTE = "api_operations"
View = TypeVar("View", bound=Callable[..., Any])


def stands_for(*operations: str) -> Callable[[View], View]:
    """`operations` as the API's description names them: `GET /jobs/{id}`."""

    def mark(view: View) -> View:
        setattr(view, _ATTRIBUTE, operations)
        return view

    return mark


def operations_of_view(view: Callable[..., Any]) -> tuple[str, ...]:
    """Raises AttributeError for a view that does not say: it stays closed."""
    operations: tuple[str, ...] = getattr(view, _ATTRIBUTE)
    return operations


def rule_from_template(path: str) -> str:
    return path.replace("{", "<").replace("}", ">")
