"""A saved page as a file, as text, and as what a browser may show of it. It is a stranger's HTML: nothing of it runs,
loads anything, leads anywhere or has our origin."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from flask import Response

from control_api.http.rows.exports import GZIP_TYPE
from control_api.services.pages.saved_pages import FoundPage

# Should a browser be made to show the file after all.
POLICY = "sandbox; default-src 'none'"
# Its own styles alone, within a frame of ours.
LOOK_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
)
# More of a page is not shown; the file has all of it.
MAX_SHOWN_BYTES = 4 * 1024 * 1024
_GZIP_BITS = 31
_ENCODING = re.compile(r"[a-z0-9-]{1,40}")

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


def page_source(found: FoundPage) -> Response:
    """As text, which no browser takes for a page."""
    headers = {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff"}
    return Response(_shown(found), content_type=f"text/plain; {_charset(found)}", headers=headers)


def page_look(found: FoundPage) -> Response:
    """For a frame with the attribute `sandbox`."""
    headers = {
        "Content-Security-Policy": LOOK_POLICY,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "SAMEORIGIN",
        # To look names up would tell their servers.
        "X-DNS-Prefetch-Control": "off",
    }
    return Response(_shown(found), content_type=f"text/html; {_charset(found)}", headers=headers)


def _shown(found: FoundPage) -> bytes:
    return zlib.decompressobj(_GZIP_BITS).decompress(found.body, MAX_SHOWN_BYTES)


def _charset(found: FoundPage) -> str:
    encoding = found.page.encoding or ""
    return f"charset={encoding if _ENCODING.fullmatch(encoding) else 'utf-8'}"
