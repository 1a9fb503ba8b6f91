"""The names that a view's query and body know, from the models in its signature."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from functools import cache
from typing import Any, get_args, get_type_hints

from pydantic import BaseModel, RootModel


@cache
def query_names(view: Any) -> frozenset[str]:
    model = _model(view, "query")
    fields = model.model_fields.items() if model else ()
    return frozenset(str(field.alias or name) for name, field in fields)


@cache
def body_names(view: Any) -> frozenset[str]:
    """Paths, as `config.maxPages`."""
    model = _model(view, "body")
    return frozenset(_paths(model)) if model else frozenset()


def _model(view: Any, part: str) -> type[BaseModel] | None:
    view = inspect.unwrap(view)
    if part not in inspect.signature(view).parameters:
        return None
    found: type[BaseModel] = get_type_hints(view)[part]
    return found


def _paths(model: type[BaseModel], before: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        is_root = issubclass(model, RootModel)
        path = before if is_root else f"{before}{field.alias or name}"
        if not is_root:
            yield path
        for inner in _models_in(field.annotation):
            yield from _paths(inner, path if is_root else f"{path}.")


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)
