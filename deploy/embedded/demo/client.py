"""The few calls of the API that the demo makes, as any client would make them."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx

from deploy.embedded.errors import StackError

Json = dict[str, Any]


class ApiClient:
    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=30, trust_env=False)

    def close(self) -> None:
        self._http.close()

    def wait_until_ready(self, timeout_seconds: float) -> None:
        """The API may be coming back just now; raises the transport's error when it does not."""
        deadline = time.monotonic() + timeout_seconds
        while True:
            try:
                if self._http.get("/health").is_success:
                    return
            except httpx.TransportError:
                if time.monotonic() > deadline:
                    raise
            if time.monotonic() > deadline:
                raise StackError(f"the API was not ready after {timeout_seconds:.0f} s")
            time.sleep(0.2)

    def require_crawlers(self) -> None:
        """Raises StackError with the service's own words where no crawler lives."""
        down = self._http.get("/health").json().get("error", {}).get("crawlers")
        if down is not None:
            raise StackError(f"nothing would be crawled: {down['message']}")

    def log_in(self, email: str, password: str) -> None:
        answer = self._call("POST", "/auth/login", json={"email": email, "password": password})
        self._http.headers["Authorization"] = f"Bearer {answer['data']['accessToken']}"

    def project_named(self, name: str) -> str:
        """The id of the project with this name; made when there is none."""
        return self._named("/projects", {"name": name})

    def monitor_named(self, project_id: str, name: str) -> str:
        """The id of the monitor of the practice marketplace with this name; made when there is none."""
        wanted = {"name": name, "type": "details", "config": {"marketplace": "sandbox"}}
        return self._named(f"/projects/{project_id}/monitors", wanted)

    def add_watches(self, monitor_id: str, asins: Sequence[str]) -> None:
        """Those that the monitor already watches stay as they are."""
        body = {"watches": [{"value": asin} for asin in asins]}
        self._call("POST", f"/monitors/{monitor_id}/watches", json=body)

    def start_round(self, monitor_id: str) -> str:
        """The id of the round's job."""
        return str(self._call("POST", f"/monitors/{monitor_id}/rounds")["data"]["id"])

    def is_observed(self, monitor_id: str, job_id: str) -> bool:
        """Whether all that the round found is in the feed."""
        found = self._call("GET", f"/monitors/{monitor_id}/rounds/{job_id}")["data"]
        return bool(found["status"] != "running")

    def changes(self, project_id: str, **asked: str) -> tuple[list[Json], str]:
        """Some changes of the feed, and the cursor behind them."""
        page = self._call("GET", f"/projects/{project_id}/changes", params=asked)
        return page["data"], str(page["meta"]["nextCursor"])

    def create_job(
        self, project_id: str, kind: str, *, targets: Sequence[str], config: Json
    ) -> Json:
        body = {"type": kind, "targets": list(targets), "config": config}
        job: Json = self._call("POST", f"/projects/{project_id}/jobs", json=body)["data"]
        return job

    def job(self, job_id: str) -> Json:
        job: Json = self._call("GET", f"/jobs/{job_id}")["data"]
        return job

    def rows(self, job_id: str, *, limit: int) -> list[Json]:
        rows: list[Json] = self._call("GET", f"/jobs/{job_id}/results", params={"limit": limit})[
            "data"
        ]
        return rows

    def export(self, job_id: str, *, form: str, path: Path) -> None:
        url = f"/jobs/{job_id}/export"
        with self._http.stream("GET", url, params={"format": form}) as answer:
            if answer.is_error:
                answer.read()
                raise _refused(answer)
            with path.open("wb") as file:
                for chunk in answer.iter_bytes():
                    file.write(chunk)

    def _named(self, path: str, wanted: Json) -> str:
        for found in self._call("GET", path)["data"]:
            if found["name"] == wanted["name"]:
                return str(found["id"])
        return str(self._call("POST", path, json=wanted)["data"]["id"])

    def _call(
        self, method: str, path: str, *, json: Json | None = None, params: Json | None = None
    ) -> Json:
        answer = self._http.request(method, path, json=json, params=params)
        if answer.is_error:
            raise _refused(answer)
        body: Json = answer.json()
        return body


def _refused(answer: httpx.Response) -> StackError:
    request = answer.request
    return StackError(
        f"{request.method} {request.url.path} answered {answer.status_code}: {answer.text[:300]}"
    )
