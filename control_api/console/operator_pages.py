"""The page of who runs the installation: why nothing moves, what waits, how fast the stores are asked."""

from __future__ import annotations

from flask import Response, render_template, request

from control_api.console.blueprint import console, see_other
from control_api.http.context import current_actor, services
from control_api.services.operator.operator_view import PaceView

_HOURS = 24


@console.page(
    "/operator",
    api=(
        "GET /admin/diagnosis",
        "GET /admin/queue",
        "GET /admin/failures",
        "GET /admin/pace",
        "GET /admin/nodes",
        "GET /admin/proxies",
    ),
)
def operator() -> str:
    view = services().operator_view
    crawlers = {node.name: node.beats for node in services().operations.list_nodes()}
    return render_template(
        "operator.html",
        diagnosis=services().diagnosis.diagnose(current_actor().organization_id),
        queues=view.queues(),
        ends=view.ends(hours=_HOURS),
        hours=_HOURS,
        paces=[pace for pace in view.paces() if _is_of_interest(pace)],
        nodes=services().nodes.list_all(),
        crawlers=crawlers,
        versions={
            name: sorted({beat.crawler.version for beat in beats})
            for name, beats in crawlers.items()
        },
        webhooks=view.webhooks(),
        proxies=services().proxies.list_all(),
    )


@console.action("/operator/nodes/drain", api=("PATCH /admin/nodes/{name}",))
def drain_node() -> Response:
    services().nodes.change(
        current_actor(),
        request.form.get("name", ""),
        is_draining=request.form.get("draining") == "1",
        slots=None,
    )
    return see_other("/console/operator")


def _is_of_interest(pace: PaceView) -> bool:
    return bool(pace.waiting or pace.used_this_minute or pace.used_last_minute)
