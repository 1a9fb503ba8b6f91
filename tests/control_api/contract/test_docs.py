"""The contract, docs: "Swagger UI `/api/docs`, ReDoc `/api/redoc`, `/api/openapi.json`; served from
installed packages, no CDN"
"""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient


@pytest.mark.parametrize("path", ["/api/docs", "/api/redoc"])
def test_pages_come_from_us_alone(client: FlaskClient, path: str) -> None:
    with client.get(path) as answer:
        assert (answer.status_code, answer.mimetype) == (200, "text/html")
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        loaded = re.findall(r'(?:src|href)="([^"]+)"', answer.text)
    assert loaded
    for address in loaded:
        assert "//" not in address
        with client.get(f"/api/{address}") as asset:
            assert asset.status_code == 200


def test_the_document(client: FlaskClient) -> None:
    answer = client.get("/api/openapi.json")
    assert answer.status_code == 200
    assert answer.json["openapi"].startswith("3.")
    assert "/projects/{projectId}/jobs" in answer.json["paths"]
