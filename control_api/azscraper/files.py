"""Files as attachments: how the OpenAPI document tells of them, and the answer itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from flask import Response

from control_api.azscraper.schemas.files import ColumnFileQuery
from control_api.http.rows.exports import CONTENT_TYPES, GZIP_TYPE, gzip_chunks
from control_api.http.rows.parquet import PARQUET_TYPE

_BYTES = MappingProxyType({"schema": {"type": "string", "format": "binary"}})
FILE: Mapping[str, Any] = MappingProxyType(
    {
        "description": "The file, as an attachment",
        "content": {
            **{kind: dict(_BYTES) for kind in (*CONTENT_TYPES.values(), GZIP_TYPE)},
            CONTENT_TYPES["json"]: {"schema": {"type": "array", "items": {"type": "object"}}},
        },
    }
)
# Of exports that can be written as columns too.
FILE_OR_PARQUET: Mapping[str, Any] = MappingProxyType(
    {**FILE, "content": {**FILE["content"], PARQUET_TYPE: dict(_BYTES)}}
)
_TYPES = MappingProxyType({**CONTENT_TYPES, "parquet": PARQUET_TYPE})


def file_answer(
    name: str,
    query: ColumnFileQuery,
    chunks: Iterable[bytes],
    headers: Mapping[str, str] = MappingProxyType({}),
) -> Response:
    """`name` is without its ending."""
    name, kind = f"{name}.{query.format}", _TYPES[query.written_format]
    if query.gzip:
        chunks, name, kind = gzip_chunks(chunks), f"{name}.gz", GZIP_TYPE
    own = {"Content-Disposition": f'attachment; filename="{name}"', **headers}
    return Response(chunks, content_type=kind, headers=own)
