"""The service's admin routes, as far as an update needs them: no work goes to a node that is changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx

from deploy.update.errors import DeployError, UsageError

_LOOK_SECONDS = 1.0
# The worker may be starting something in the moment in which a node begins to drain.
_IDLE_LOOKS = 3


class Service:
    def __init__(self, base: str, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        self._client = httpx.Client(base_url=base, headers=headers, timeout=30.0)

    def close(self) -> None:
        self._client.close()

    def is_draining(self, name: str) -> bool:
        for node in self._answer("GET", "/admin/nodes")["data"]:
            if node["name"] == name:
                return bool(node.get("draining"))
        raise DeployError(f"the service knows no node {name}")

    def set_draining(self, name: str, is_draining: bool) -> None:
        self._answer("PATCH", f"/admin/nodes/{name}", json={"draining": is_draining})

    def _answer(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        try:
            response = self._client.request(method, path, **request)
            body: dict[str, Any] = response.json()
        except (httpx.HTTPError, ValueError) as error:
            raise DeployError(f"the service does not answer: {error}") from error
        if not response.is_success:
            message = body.get("error", {}).get("message")
            raise DeployError(f"the service answered {response.status_code}: {message}")
        return body


def service_from_environment(environ: Mapping[str, str]) -> Service | None:
    """None: the operator drains by hand, or not at all."""
    base, token = (environ.get(name, "").strip() for name in ("API_BASE", "ADMIN_TOKEN"))
    if bool(base) != bool(token):
        raise UsageError("API_BASE and ADMIN_TOKEN belong together: with both the node is drained")
    return Service(base, token) if base else None


@contextmanager
def drained(
    service: Service, name: str, *, busy: Callable[[], int], patience_seconds: float
) -> Iterator[None]:
    """The node without a process; it works again afterwards, however that ends, if it did before."""
    was_draining = service.is_draining(name)
    service.set_draining(name, True)
    try:
        _wait_until_idle(name, busy, patience_seconds)
        yield
    finally:
        if not was_draining:
            _put_back(service, name)


def _put_back(service: Service, name: str) -> None:
    try:
        service.set_draining(name, False)
    except DeployError as error:
        raise DeployError(f"{name} still drains, end that yourself: {error}") from error


def _wait_until_idle(name: str, busy: Callable[[], int], patience_seconds: float) -> None:
    deadline = time.monotonic() + patience_seconds
    idle_looks, told = 0, None
    while idle_looks < _IDLE_LOOKS:
        count = busy()
        idle_looks = idle_looks + 1 if count == 0 else 0
        if count and time.monotonic() > deadline:
            raise DeployError(
                f"{name} is not empty after {patience_seconds:g} s, processes left: {count}"
            )
        if count != told:
            print(f"{name} drains, processes left: {count}", flush=True)
            told = count
        time.sleep(_LOOK_SECONDS)
