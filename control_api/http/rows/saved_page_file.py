"""A saved page as a file. It is a stranger's HTML: it goes out compressed, as an attachment, and no browser renders it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from flask import Response

from control_api.http.rows.exports import GZIP_TYPE
from control_api.services.pages.saved_pages import FoundPage

# Should a browser be made to show it after all: nothing of it runs, loads or has our origin.
POLICY = "sandbox; default-src 'none'"

PAGE_FILE: Mapping[str, Any] = MappingProxyType(
    {
        "description": "The page, compressed, as an attachment",
        "content": {GZIP_TYPE: {"schema": {"type": "string", "format": "binary"}}},
    }
)


def page_file(found: FoundPage) -> Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{found.file_name}"',
        "Content-Security-Policy": POLICY,
        "X-Page-Status": str(found.page.status),
        # An address of a stranger may hold anything.
        "X-Page-Url": quote(found.page.requested_url, safe=":/?#[]@!$&'()*+,;=%~"),
    }
    return Response(found.body, content_type=GZIP_TYPE, headers=headers)
