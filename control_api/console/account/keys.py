from __future__ import annotations

from flask import Response, make_response, render_template, request

from control_api.console.blueprint import console, see_other
from control_api.console.forms import Form, chosen_project
from control_api.console.project_lists import project_list
from control_api.http.context import current_actor, services
from control_api.http.requests.inputs import Name

_LIST = "GET /private/projects/{projectId}/api-keys"


class KeyForm(Form):
    name: Name


@console.page("/keys", api=("GET /projects", _LIST))
def keys() -> str:
    page = project_list(
        lambda actor, ids, limit, before: services().api_keys.newest_of(
            actor, ids, limit=limit, before=before
        ),
        place_of=lambda one: (one.key.id, one.key.project_id),
    )
    return render_template("account/keys.html", page=page)


@console.action("/keys", api=("POST /private/projects/{projectId}/api-keys",))
def new_key() -> Response:
    """The page that shows the key, this once."""
    form = KeyForm.read()
    project_id = chosen_project(request.form.get("project"))
    key, text = services().api_keys.create(current_actor(), project_id, form.name)
    page = render_template(
        "account/shown_once.html",
        what=f"API key {key.name}",
        secret=text,
        help="Send it as a Bearer token, or in the header X-API-Key. It opens its project and"
        " nothing else.",
        back="/console/keys",
    )
    return make_response(page, 201)


@console.action("/keys/<id>/revoke", api=("DELETE /private/projects/{projectId}/api-keys/{id}",))
def revoke_key(id: str) -> Response:  # noqa: A002 (the address' word)
    services().api_keys.revoke(current_actor(), request.form.get("project", ""), id)
    return see_other("/console/keys")
