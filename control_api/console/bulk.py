"""What is done to several things at once: to each that was chosen on the page, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Response, make_response, render_template

from control_api.console.blueprint import see_other
from control_api.services.errors import InvalidInput, ServiceError

MAX_CHOSEN = 100


@dataclass(frozen=True, slots=True)
class Refused:
    id: str
    message: str


def done_to_each(
    chosen: Sequence[str], do: Callable[[str], object], *, things: str, back: str
) -> Response:
    """Back to `back`, or a page that says which were refused and why. `things`: their address in the console."""
    ids = list(dict.fromkeys(chosen))
    if not ids:
        raise InvalidInput("Nothing was chosen. Nothing was done")
    if len(ids) > MAX_CHOSEN:
        raise InvalidInput(f"At most {MAX_CHOSEN} at a time. Nothing was done")
    refused = []
    for id_ in ids:
        try:
            do(id_)
        except ServiceError as error:
            refused.append(Refused(id_, error.message))
    if not refused:
        return see_other(back)
    page = render_template(
        "bulk.html", refused=refused, done=len(ids) - len(refused), things=things, back=back
    )
    return make_response(page, 200)
