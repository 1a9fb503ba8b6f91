"""Each move of a seed is one Lua script; its header lists every key with its type."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def script_text(name: str) -> str:
    return files(__name__).joinpath(f"{name}.lua").read_text(encoding="utf-8")
