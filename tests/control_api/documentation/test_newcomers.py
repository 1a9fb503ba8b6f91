"""H8: the API's description, read and tried by somebody who knows nothing else."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

from control_api.documentation.newcomers import BODY_EXAMPLES


def document(client: FlaskClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/api/openapi.json").json
    return found


def test_every_example_of_a_body_works_as_it_stands(client: FlaskClient) -> None:
    described = document(client)
    token, project = "", ""
    for (method, path), example in BODY_EXAMPLES.items():
        content = described["paths"][path][method]["requestBody"]["content"]
        assert content["application/json"]["example"] == example
        answer = client.open(
            path.replace("{projectId}", project),
            method=method.upper(),
            json=example,
            headers={"Authorization": f"Bearer {token}"} if token else {},
        )
        assert answer.status_code in (200, 201), (path, answer.text)
        assert "warnings" not in answer.json, answer.json
        if path == "/auth/login":
            token = answer.json["data"]["accessToken"]
        if path == "/projects":
            project = answer.json["data"]["id"]


def test_tags_come_in_the_order_of_use_and_each_is_in_one_group(client: FlaskClient) -> None:
    described = document(client)
    tags = [tag["name"] for tag in described["tags"]]
    assert tags[:4] == ["auth", "projects", "jobs", "results"]
    grouped = [name for group in described["x-tagGroups"] for name in group["tags"]]
    used = {
        tag
        for item in described["paths"].values()
        for operation in item.values()
        for tag in operation["tags"]
    }
    assert sorted(grouped) == sorted(tags)
    assert used == set(tags)


def test_the_introduction_names_addresses_that_are_there(client: FlaskClient) -> None:
    described = document(client)
    text = described["info"]["description"]
    for method, path in (
        ("post", "/auth/register"),
        ("post", "/projects"),
        ("post", "/projects/{projectId}/jobs"),
        ("get", "/jobs/{id}"),
        ("get", "/jobs/{id}/results"),
        ("get", "/jobs/{id}/export"),
    ):
        assert f"`{method.upper()} {path}`" in text
        assert method in described["paths"][path]
