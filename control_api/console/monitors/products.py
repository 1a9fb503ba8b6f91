"""A product of which jobs have brought rows, whether a monitor follows it or not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from flask import Response, make_response, redirect, render_template, request

from control_api.console.blueprint import console
from control_api.console.crawl_form import crawl_choices
from control_api.console.monitors.product_search import MAX_LENGTH, products_by_title
from control_api.console.monitors.product_view import days_asked, view_of
from control_api.console.monitors.watch_words import field_text
from control_api.console.pictures import picture_of_row
from control_api.http.context import current_actor, services
from control_api.http.errors.errors import STATUS_OF_CODE
from control_api.services.errors import InvalidInput, NotFound
from control_api.services.monitors.histories.kept_rows import (
    KeptProduct,
    is_product,
    part_since,
    product_from_text,
)
from control_api.services.pictures.addresses import PAGE_SIZE

_PAGES = 100
_MAX_TEXT_LENGTH = 2_000


@console.page("/products", api=("GET /jobs", "GET /jobs/{id}/results"))
def products() -> Response:
    """Leads to a product's page by its ASIN or address, or to those whose titles have a text."""
    text = request.args.get("product", "").strip()[:_MAX_TEXT_LENGTH]
    error = None
    if text:
        try:
            found = product_from_text(text, request.args.get("marketplace") or None)
            return redirect(f"/console/products/{found[0]}/{found[1]}", 303)  # type: ignore[return-value]
        except InvalidInput as refusal:
            error = refusal
    asked = request.args.get("q", "").strip()[:MAX_LENGTH]
    page = render_template(
        "monitors/products.html",
        text=text,
        found=products_by_title(asked, request.args.get("before")) if asked else None,
        asked=asked,
        marketplace=request.args.get("marketplace"),
        choices=crawl_choices(),
        error=error,
    )
    return make_response(page, STATUS_OF_CODE[error.code] if error else 200)


@console.page(
    "/products/<marketplace>/<asin>",
    api=(
        "GET /jobs",
        "GET /jobs/{id}/targets",
        "GET /jobs/{id}/results",
        "GET /monitors/{id}/watches",
    ),
)
def product(marketplace: str, asin: str) -> str:
    if not is_product(marketplace, asin):
        raise NotFound("There is no such product")
    actor, days = current_actor(), days_asked()
    found = services().kept_rows.of_product(
        actor, marketplace, asin, before=request.args.get("before")
    )
    shown = found if days is None else part_since(found, found.until - timedelta(days=days))
    newest = found.pages[0].row if found.pages else {}
    return render_template(
        "monitors/product.html",
        product=replace(found, pages=found.pages[:_PAGES]),
        page_count=len(found.pages),
        title=newest.get("title") or asin,
        url=newest.get("url"),
        picture=picture_of_row(newest, PAGE_SIZE),
        now=_now(found),
        view=view_of(shown, found, days),
        watches=services().kept_rows.watches_of(actor, marketplace, asin),
    )


def _now(found: KeptProduct) -> dict[str, str]:
    """The last value of each field that was seen."""
    return {
        name: field_text(name, one.steps[-1].value, found.currency)
        for name, one in found.fields.items()
    }
