"""The names that a view's query and body know, from the models in its signature."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

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


@cache
def body_models(view: Any) -> frozenset[str]:
    """The classes of the body's parts."""
    model = _model(view, "body")
    return frozenset(part.__name__ for part in _parts(model)) if model else frozenset()


@cache
def repeatable_names(view: Any) -> frozenset[str]:
    """Of the query: names that may stand in it again and again."""
    model = _model(view, "query")
    fields = model.model_fields.items() if model else ()
    return frozenset(
        str(field.alias or name) for name, field in fields if _is_list(field.annotation)
    )


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


def _parts(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for field in model.model_fields.values():
        for inner in _models_in(field.annotation):
            yield inner
            yield from _parts(inner)


def _is_list(annotation: Any) -> bool:
    parts = get_args(annotation)
    return get_origin(annotation) is list or any(_is_list(part) for part in parts)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)
