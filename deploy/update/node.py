"""A node's scrapyd, asked for what a deployment needs. It answers 200 for errors: the body decides."""

from __future__ import annotations

from typing import Any

import httpx

from deploy.scrapyd.registration import PROJECT
from deploy.update.errors import DeployError
from settings.config import ScrapydNode

# Listing the spiders of a new egg takes the node seconds, on a small machine many.
_TIMEOUT = httpx.Timeout(120.0, connect=5.0)
_NO_EGGS = (
    "takes no eggs, as every node unless it is started with TAKES_EGGS=1. Update its image or its"
    " folder instead, or start it so (docs/operations.md)"
)


class Node:
    def __init__(self, node: ScrapydNode) -> None:
        self.name = node.name
        self._client = httpx.Client(
            base_url=node.url,
            auth=(node.username, node.password),
            timeout=_TIMEOUT,
            # A proxy from the environment is not meant for the operator's own nodes.
            trust_env=False,
        )

    def close(self) -> None:
        self._client.close()

    def check(self) -> None:
        """That it is there, knows us and takes eggs. Raises DeployError."""
        self.busy()
        if self._request("OPTIONS", "addversion.json").status_code == httpx.codes.NOT_FOUND:
            raise DeployError(f"{self.name} {_NO_EGGS}")

    def busy(self) -> int:
        """Its processes, and those that wait for a start."""
        status = self._answer("GET", "daemonstatus.json")
        return int(status["running"]) + int(status["pending"])

    def upload(self, egg: bytes, label: str) -> None:
        self._answer(
            "POST",
            "addversion.json",
            data={"project": PROJECT, "version": label},
            files={"egg": ("project.egg", egg)},
        )
        newest = self._answer("GET", "listversions.json", params={"project": PROJECT})["versions"]
        if newest[-1:] != [label]:
            raise DeployError(f"{self.name} took {label}, but starts crawlers from {newest[-1:]}")

    def spiders(self, label: str) -> list[str]:
        params = {"project": PROJECT, "_version": label}
        return [
            str(name) for name in self._answer("GET", "listspiders.json", params=params)["spiders"]
        ]

    def _answer(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        response = self._request(method, path, **request)
        try:
            body = response.json()
        except ValueError:
            body = None
        if not isinstance(body, dict) or "status" not in body:
            code = response.status_code
            raise DeployError(
                f"{self.name}: {path} answered {code} and nothing that scrapyd would say"
            )
        if body["status"] != "ok":
            raise DeployError(f"{self.name} refused: {_last_line(body.get('message'))}")
        return body

    def _request(self, method: str, path: str, **request: Any) -> httpx.Response:
        try:
            response = self._client.request(method, path, **request)
        except httpx.HTTPError as error:
            what = str(error) or type(error).__name__
            raise DeployError(f"{self.name} does not answer: {what}") from error
        if response.status_code == httpx.codes.UNAUTHORIZED:
            raise DeployError(f"{self.name} does not know this user name and password")
        return response


def _last_line(message: object) -> str:
    """Of a traceback that came as the message only the end says what is wrong."""
    return str(message).strip().rpartition("\n")[2]
