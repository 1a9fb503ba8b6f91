"""A node that speaks scrapyd's answers over real HTTP, with scrapyd's bad manners on demand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs

from settings.config import ScrapydNode

STATES = ("pending", "running", "finished")


@dataclass
class Node:
    """What it was asked, and how it answers. It starts nothing, whatever it says."""

    url: str = ""
    scheduled: list[dict[str, str]] = field(default_factory=list)
    cancelled: list[dict[str, str]] = field(default_factory=list)
    authorizations: list[str | None] = field(default_factory=list)
    jobs: dict[str, list[str]] = field(default_factory=dict)
    # After a restart, or when it could not spawn, it lists nothing that it was asked for.
    forgets: bool = False
    # An error as scrapyd gives it: status 200, and the truth in the body.
    error: str | None = None
    # Something before scrapyd that answers in its place.
    html: bool = False
    # What happens elsewhere while it is being asked what it runs.
    meanwhile: Callable[[], object] | None = None

    @property
    def config(self) -> ScrapydNode:
        return ScrapydNode(self.url, "user", "password")

    def answer(self, path: str, form: dict[str, str]) -> bytes:
        if self.html:
            return b"<html>Bad gateway</html>"
        if path == "/listjobs.json":
            if self.meanwhile is not None:
                self.meanwhile()
            jobs = {state: list(self.jobs.get(state, [])) for state in STATES}
            if not self.forgets:
                asked_for = [form["jobid"] for form in self.scheduled]
                jobs["pending"] += [name for name in asked_for if name not in jobs["finished"]]
            states = {state: [{"id": name} for name in names] for state, names in jobs.items()}
            return json.dumps({"status": "ok", **states}).encode()
        if self.error:
            return json.dumps({"status": "error", "message": self.error}).encode()
        if path == "/schedule.json":
            self.scheduled.append(form)
            return json.dumps({"status": "ok", "jobid": form["jobid"]}).encode()
        self.cancelled.append(form)
        return json.dumps({"status": "ok", "prevstate": None}).encode()


@contextmanager
def running_node() -> Iterator[Node]:
    node = Node()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer({name: values[0] for name, values in parse_qs(text).items()})

        def _answer(self, form: dict[str, str]) -> None:
            node.authorizations.append(self.headers.get("Authorization"))
            body = node.answer(self.path.partition("?")[0], form)
            self.send_response(502 if node.html else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    node.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield node
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
