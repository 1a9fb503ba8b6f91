"""Categories of a store that jobs have come across, by which others can ask for lists."""

from __future__ import annotations

from dataclasses import dataclass

from control_api.services.errors import NotFound
from spiders.sites.marketplaces import (
    MARKETPLACES,
    UnsupportedMarketplace,
    marketplace_from_code_or_host,
)
from storage.jobs.categories import Categories, Category


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoriesWanted:
    """`text`: a part of the name or the slug, or the whole node. None asks for all."""

    text: str | None = None
    language: str | None = None


class CategoryService:
    def __init__(self, categories: Categories) -> None:
        self._categories = categories

    def list_page(
        self, code: str, wanted: CategoriesWanted, *, limit: int, offset: int
    ) -> tuple[list[Category], int]:
        """Raises NotFound for a store that we do not know."""
        try:
            store = marketplace_from_code_or_host(code)
        except UnsupportedMarketplace:
            known = ", ".join(MARKETPLACES)
            raise NotFound(f"Marketplace not found; there are: {known}") from None
        return self._categories.list_page(
            store.code, text=wanted.text, language=wanted.language, limit=limit, offset=offset
        )
