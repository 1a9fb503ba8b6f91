from __future__ import annotations

from flask import Response

from control_api.http.context import current_actor, services
from control_api.http.json_text import json_answer
from control_api.http.v1_errors import V1Error
from control_api.v1.blueprint import v1_blueprint
from control_api.v1.schemas.spiders import (
    MAX_SPIDERS,
    CreateSpiderBody,
    DoneOut,
    SpiderOut,
    SpiderPath,
    SpidersOut,
    SpidersQuery,
    UpdateSpiderBody,
)

spiders = v1_blueprint("spiders", "Deployed spiders, and presets over them")


@spiders.get("/spiders", summary="List spiders, by name", responses={200: SpidersOut})
def list_spiders(query: SpidersQuery) -> Response:
    found = services().spiders.list_all(
        current_actor(), name=query.name, limit=min(query.limit, MAX_SPIDERS)
    )
    return json_answer([SpiderOut.model_validate(spider) for spider in found])


@spiders.post(
    "/spiders",
    summary="Create a preset",
    description="`repo_path` must be a spider file of the deployed project.",
    responses={200: SpiderOut, 409: V1Error, 415: V1Error},
)
def create_spider(body: CreateSpiderBody) -> Response:
    spider = services().spiders.create(
        current_actor(),
        name=body.name,
        repo_path=body.repo_path,
        description=body.description,
        settings=body.settings,
        repo_id=body.repo_id,
    )
    return json_answer(SpiderOut.model_validate(spider))


@spiders.get("/spiders/<id>", summary="Get a spider", responses={200: SpiderOut})
def get_spider(path: SpiderPath) -> Response:
    return json_answer(SpiderOut.model_validate(services().spiders.get(current_actor(), path.id)))


@spiders.patch(
    "/spiders/<id>",
    summary="Change a preset",
    responses={200: SpiderOut, 409: V1Error, 415: V1Error},
)
def update_spider(path: SpiderPath, body: UpdateSpiderBody) -> Response:
    changes = body.model_dump(exclude_unset=True)
    return json_answer(
        SpiderOut.model_validate(services().spiders.update(current_actor(), path.id, changes))
    )


@spiders.delete("/spiders/<id>", summary="Delete a preset", responses={200: DoneOut})
def delete_spider(path: SpiderPath) -> Response:
    services().spiders.delete(current_actor(), path.id)
    return json_answer(DoneOut(ok=True))
