"""The console's blueprint: each page says which operations of the API it stands for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint, Response, redirect

from control_api.http.page_operations import stands_for

View = TypeVar("View", bound=Callable[..., Any])

_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-src 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


class Console(Blueprint):
    def page(self, rule: str, *, api: tuple[str, ...]) -> Callable[[View], View]:
        """A GET. It changes nothing; `api`: the operations that give the same."""
        return self._route("GET", rule, api)

    def action(self, rule: str, *, api: tuple[str, ...]) -> Callable[[View], View]:
        """A form's POST; the answer leads to a page, or shows once what is shown once."""
        return self._route("POST", rule, api)

    def _route(self, method: str, rule: str, api: tuple[str, ...]) -> Callable[[View], View]:
        def add(view: View) -> View:
            path = f"/console{rule}"
            self.add_url_rule(
                path, view_func=stands_for(*api)(view), methods=[method],
                endpoint=f"{view.__module__.rpartition('.')[2]}_{view.__name__}",
            )  # fmt: skip
            return view

        return add


console = Console("console", __name__, template_folder="templates")


def see_other(path: str) -> Response:
    """Where a form leads: the browser asks for it by GET."""
    return redirect(path, 303)  # type: ignore[return-value]


@console.after_request
def _protect(response: Response) -> Response:
    # What a stranger wrote comes with a stricter one.
    response.headers.setdefault("Content-Security-Policy", _POLICY)
    # With `no-referrer` a browser names no origin in a form's POST, and over plain http nothing else
    # tells that the form was ours. Other sites still learn nothing.
    response.headers["Referrer-Policy"] = "same-origin"
    return response
