"""The operator's own proxies. Admins only, by the route's prefix."""

from __future__ import annotations

from flask import Response

from control_api.http.blueprint import dialect_blueprint
from control_api.http.context import current_actor, services
from control_api.http.json_text import done, json_answer
from control_api.http.schemas import ErrorEnvelope, OkAnswer
from control_api.operator.schemas.proxies import (
    AddProxyBody,
    ProxiesAnswer,
    ProxyAnswer,
    ProxyOut,
    ProxyPath,
)
from control_api.services.operator.proxies import ProxyView

proxies = dialect_blueprint("proxies", "Proxies of the crawlers. Admins only")


@proxies.get("/admin/proxies", summary="List proxies", responses={200: ProxiesAnswer})
def list_proxies() -> Response:
    shown = [_proxy_answer(view) for view in services().proxies.list_all()]
    return json_answer(ProxiesAnswer.of(shown, total=len(shown)))


@proxies.post(
    "/admin/proxies",
    summary="Add a proxy",
    description="Crawlers use it within seconds. Its credentials are never shown again.",
    responses={201: ProxyAnswer, 409: ErrorEnvelope, 415: ErrorEnvelope},
)
def add_proxy(body: AddProxyBody) -> Response:
    view = services().proxies.add(current_actor(), body.url)
    return json_answer(ProxyAnswer.of(_proxy_answer(view)), 201)


@proxies.delete("/admin/proxies/<id>", summary="Remove a proxy", responses={200: OkAnswer})
def remove_proxy(path: ProxyPath) -> Response:
    services().proxies.remove(current_actor(), path.id)
    return done()


def _proxy_answer(view: ProxyView) -> ProxyOut:
    return ProxyOut.read(
        view.state,
        id=view.proxy.id,
        url=view.proxy.masked_url,
        status="banned" if view.state.is_banned else "active",
        createdAt=view.proxy.created_at,
    )
