"""What somebody finds who knows the service's address and nothing else."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, current_app, redirect, request, send_from_directory

from control_api.http.json_text import json_answer
from control_api.http.schemas import Answer
from settings.version import VERSION

front_door = Blueprint("front_door", __name__)

_PAGES = Path(__file__).with_name("pages")
_MOVED = {
    "/docs": "/api/docs",
    "/redoc": "/api/redoc",
    "/openapi.json": "/api/openapi.json",
    "/swagger.json": "/api/openapi.json",
}


class EntranceAnswer(Answer):
    name: str
    version: str
    links: dict[str, str]


@front_door.get("/")
def entrance() -> Response:
    kinds = request.accept_mimetypes
    if kinds.best_match(["application/json", "text/html"]) == "text/html" and kinds["text/html"]:
        answer = redirect("/console" if current_app.config["CONSOLE"] else "/api/docs", 302)
        answer.vary.add("Accept")
        return answer  # type: ignore[return-value]
    links = {
        "documentation": "/api/docs",
        "reference": "/api/redoc",
        "openapi": "/api/openapi.json",
        "health": "/health",
        "register": "/auth/register",
        "login": "/auth/login",
    }
    answer = json_answer(EntranceAnswer(name="azscraper", version=VERSION, links=links))
    answer.vary.add("Accept")
    return answer


@front_door.get("/favicon.ico")
def icon() -> Response:
    return send_from_directory(_PAGES, "favicon.ico", max_age=86_400)


def _add_moved(path: str, target: str) -> None:
    def moved() -> Response:
        return redirect(target, 308)  # type: ignore[return-value]

    front_door.add_url_rule(path, endpoint=path.strip("/").replace(".", "_"), view_func=moved)


for _path, _target in _MOVED.items():
    _add_moved(_path, _target)
