"""Pictures of products: fetched and kept by us, so that a browser asks no other host."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any
from urllib.parse import urlencode

from flask import Response, make_response, request

from control_api.console.blueprint import console
from control_api.http.context import services
from control_api.http.waiting import Late, answer_when_done
from control_api.services.pictures.addresses import ROW_SIZE
from control_api.services.pictures.kinds import Picture
from control_api.services.pictures.pictures import FETCH_SECONDS, SignedPicture

# Its address names the picture and the size, so it never changes.
_KEEP = "private, max-age=604800, immutable"
# An empty place. Not an error: a browser would show a broken picture and complain.
_NONE = b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'
_NONE_TYPE = "image/svg+xml"


@console.page("/pictures/<int:size>", api=("GET /jobs/{id}/results",))
def picture(size: int) -> Response:
    asked = request.args
    named = SignedPicture(asked.get("u", ""), asked.get("m", ""), size, asked.get("s", ""))
    found = services().pictures.find(named)
    if isinstance(found, Future):
        return answer_when_done(
            _answer(None), found, again=lambda: _late(found.result()), seconds=2 * FETCH_SECONDS
        )
    return _answer(found)


def picture_path(url: Any, marketplace: Any, size: int = ROW_SIZE) -> str | None:
    """Where our pages find the picture of this address; None where there is none to be had."""
    signed = services().pictures.sign(url, marketplace, size)
    if signed is None:
        return None
    query = {"u": signed.url, "m": signed.marketplace, "s": signed.signature}
    asked = urlencode({name: value for name, value in query.items() if value})
    return f"/console/pictures/{size}?{asked}"


def picture_of_row(row: Mapping[str, Any], size: int = ROW_SIZE) -> str | None:
    """Of a product, or of a place on a list."""
    images = row.get("images") or [None]
    first = images[0].get("url") if isinstance(images[0], Mapping) else None
    url = row.get("mainImage") or row.get("imageUrl") or first
    return picture_path(url, row.get("marketplace"), size)


def _answer(found: Picture | None) -> Response:
    late = _late(found)
    response = make_response(late.body)
    response.headers.update(late.headers)
    return response


def _late(found: Picture | None) -> Late:
    if found is None:
        return Late(_NONE, headers={"Content-Type": _NONE_TYPE, "Cache-Control": "no-store"})
    return Late(found.data, headers={"Content-Type": found.content_type, "Cache-Control": _KEEP})
