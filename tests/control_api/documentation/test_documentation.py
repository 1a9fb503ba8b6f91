"""The documents are served from installed packages: a page that asks another host is a failure."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

LOADED = re.compile(r'(?:src|href)="([^"]+)"')


@pytest.mark.parametrize("page", ["/api/docs", "/api/redoc"])
def test_a_page_loads_only_what_we_serve(client: FlaskClient, page: str) -> None:
    with client.get(page) as answer:
        assert answer.status_code == 200
        assert answer.mimetype == "text/html"
        loaded = LOADED.findall(answer.text)
        assert "<script>" not in answer.text
        # What a script of the page would ask for elsewhere, the browser refuses.
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert len(loaded) >= 3
    for address in loaded:
        assert "://" not in address
        with client.get(f"/api/{address}") as asset:
            assert asset.status_code == 200, address
            assert len(asset.data) > 100


@pytest.mark.parametrize(
    "name",
    ["swagger/../__init__.py", "swagger/__init__.py", "pages/../views.py", "x/y.js", "redoc"],
)
def test_only_assets_are_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"/api/assets/{name}").status_code == 404


def test_the_document_names_every_route(app: Flask, client: FlaskClient) -> None:
    document = client.get("/api/openapi.json").json
    documented = {
        (method.upper(), path) for path, item in document["paths"].items() for method in item
    }
    routed = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD"}
        if rule.endpoint.partition(".")[0] not in ("documentation", "front_door", "console")
    }
    assert documented == routed


def test_closed_routes_are_documented_as_such(client: FlaskClient) -> None:
    paths = client.get("/api/openapi.json").json["paths"]
    assert paths["/jobs/{id}"]["get"]["security"] == [{"bearer": []}, {"apiKey": []}]
    assert paths["/api/v1/jobs"]["post"]["security"] == [{"bearer": []}, {"apiKey": []}]
    assert paths["/audit"]["get"]["security"] == [{"bearer": []}]
    assert paths["/admin/nodes"]["get"]["security"] == [{"bearer": []}]
    assert "security" not in paths["/auth/login"]["post"]
    assert "401" in paths["/jobs/{id}"]["get"]["responses"]


def test_every_security_scheme_is_declared(client: FlaskClient) -> None:
    document = client.get("/api/openapi.json").json
    used = {
        name
        for item in document["paths"].values()
        for operation in item.values()
        for requirement in operation.get("security", [])
        for name in requirement
    }
    assert (
        used
        == set(document["components"]["securitySchemes"])
        == {
            "apiKey",
            "bearer",
            "operator",
        }
    )
    assert document["paths"]["/metrics"]["get"]["security"] == [{"operator": []}]


def test_public_routes_list_only_statuses_they_can_give(client: FlaskClient) -> None:
    paths = client.get("/api/openapi.json").json["paths"]
    tried, read = {"400", "413", "415", "429", "500", "503"}, {"500"}
    listed = {
        ("post", "/auth/register"): {"201", "403", "404", "409", *tried},
        ("post", "/auth/login"): {"200", "401", *tried},
        ("post", "/auth/login-handoff"): {"200", "401", *tried},
        ("post", "/auth/verify-handoff"): {"200", "401", *tried},
        ("post", "/auth/logout"): {"200", "413", *read},
        ("post", "/referral/click"): {"200", *tried},
        ("get", "/r/{code}"): {"302", "413", "503", *read},
        ("get", "/i/{token}"): {"302", "413", *read},
        ("get", "/health"): {"200", "503", *read},
        ("get", "/health/live"): {"200", *read},
    }
    for (method, path), statuses in listed.items():
        assert set(paths[path][method]["responses"]) == statuses, path
