from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cached_property
from typing import Any, get_type_hints


def file_of_reader(reader: Callable[..., Any], page: type) -> str:
    """The file, below the project, whose class a field's reader asks: `lambda page: page._texts.…`
    reads in the file of what `_texts` is; a reader that asks none reads in the page's own file."""
    code = getattr(reader, "__code__", None)
    for name in code.co_names if code is not None else ():
        part = getattr(page, name, None)
        function = part.func if isinstance(part, cached_property) else getattr(part, "fget", None)
        section = get_type_hints(function).get("return") if function is not None else None
        if isinstance(section, type) and section.__module__.startswith("spiders.pages."):
            return _file_of(section.__module__)
    return _file_of(page.__module__)


def _file_of(module: str) -> str:
    return f"{sys.modules[module].__name__.replace('.', '/')}.py"
