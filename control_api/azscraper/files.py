"""Files as attachments: how the OpenAPI document tells of them, and the answer itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from flask import Response

from control_api.azscraper.schemas.files import FileQuery
from control_api.http.rows.exports import CONTENT_TYPES, GZIP_TYPE, gzip_chunks

FILE: Mapping[str, Any] = MappingProxyType(
    {
        "description": "The file, as an attachment",
        "content": {
            **{
                kind: {"schema": {"type": "string", "format": "binary"}}
                for kind in (*CONTENT_TYPES.values(), GZIP_TYPE)
            },
            CONTENT_TYPES["json"]: {"schema": {"type": "array", "items": {"type": "object"}}},
        },
    }
)


def file_answer(
    name: str,
    query: FileQuery,
    chunks: Iterable[bytes],
    headers: Mapping[str, str] = MappingProxyType({}),
) -> Response:
    """`name` is without its ending."""
    name, kind = f"{name}.{query.format}", CONTENT_TYPES[query.written_format]
    if query.gzip:
        chunks, name, kind = gzip_chunks(chunks), f"{name}.gz", GZIP_TYPE
    own = {"Content-Disposition": f'attachment; filename="{name}"', **headers}
    return Response(chunks, content_type=kind, headers=own)
