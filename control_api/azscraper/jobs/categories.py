from __future__ import annotations

from flask import Response

from control_api.azscraper.schemas.jobs.categories import (
    CategoriesAnswer,
    CategoriesQuery,
    CategoryOut,
    MarketplacePath,
)
from control_api.http.blueprint import dialect_blueprint
from control_api.http.context import services
from control_api.http.json_text import json_answer
from control_api.services.jobs.categories import CategoriesWanted
from control_api.services.records import Category

categories = dialect_blueprint("categories", "Categories of marketplaces")


@categories.get(
    "/marketplaces/<code>/categories",
    summary="List the categories that were seen in a marketplace",
    description="Lists the categories that lists of best sellers and their kin have named so far, also a list's root, which fails with "
    "`NOT_A_LISTING`. A new installation knows none: one `bestsellers` job for the marketplace's `/gp/bestsellers` brings its departments.",
    responses={200: CategoriesAnswer},
)
def list_categories(path: MarketplacePath, query: CategoriesQuery) -> Response:
    wanted = CategoriesWanted(text=query.q, language=query.language)
    found, total = services().categories.list_page(
        path.code, wanted, limit=query.limit, offset=query.offset
    )
    return json_answer(CategoriesAnswer.of([_category_answer(one) for one in found], total=total))


def _category_answer(one: Category) -> CategoryOut:
    node = f"node:{one.node_id}" if one.slug is None else one.node_id
    target = "/".join(part for part in (one.slug, node) if part)
    return CategoryOut.read(one, target=target)
