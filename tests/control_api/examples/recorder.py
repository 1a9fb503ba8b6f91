"""Asks the app and keeps what it was asked and what it answered, for the API's description."""

from __future__ import annotations

import json
from typing import Any

from flask.testing import FlaskClient

# What opens something: the beginning is enough to recognize it by.
_SECRET = {"accessToken", "access_token", "handoffToken", "key", "secret", "token", "link"}
_SHOWN = 12
_TEXT_LINES = 6


class Recorder:
    """`examples`: by `METHOD /path/{id}`, the last request and its answers by status and media type."""

    def __init__(self, client: FlaskClient) -> None:
        self._client = client
        self.token = ""
        self.examples: dict[str, dict[str, Any]] = {}

    def apart(self) -> Recorder:
        """Asks as this one does, and what it keeps is its own."""
        other = Recorder(self._client)
        other.token = self.token
        return other

    def call(self, operation: str, body: Any = None, *, query: str = "", **ids: str) -> Any:
        """The answer's JSON, else its text. Anything but a 2xx fails the test."""
        method, _, path = operation.partition(" ")
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        # A text is a file.
        sent: dict[str, Any] = (
            {"data": body, "content_type": "text/csv"} if isinstance(body, str) else {"json": body}
        )
        answer = self._client.open(
            path.format(**ids) + query, method=method, headers=headers, **sent
        )
        assert 200 <= answer.status_code < 300, (operation, answer.text)
        is_json = answer.mimetype == "application/json"
        shown = answer.json if is_json else "".join(answer.text.splitlines(True)[:_TEXT_LINES])
        example = self.examples.setdefault(operation, {"answers": {}})
        if body is not None:
            example["request"] = masked(body)
        media = example["answers"].setdefault(str(answer.status_code), {})
        if answer.data:
            media[answer.mimetype] = masked(shown)
        return answer.json if is_json else answer.text


def masked(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: masked(entry, key) for key, entry in value.items()}
    if isinstance(value, list):
        return [masked(entry) for entry in value]
    if name in _SECRET and isinstance(value, str) and len(value) > _SHOWN:
        return f"{value[:_SHOWN]}…"
    return value


def shape(value: Any) -> Any:
    """What stays the same from one run to the next: names and types; of a list, the kinds of entries."""
    if isinstance(value, dict):
        return {key: shape(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return sorted({json.dumps(shape(entry)) for entry in value})
    if isinstance(value, bool) or value is None:
        return json.dumps(value) if value is None else "boolean"
    return "number" if isinstance(value, int | float) else "string"
