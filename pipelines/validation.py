"""Refuses items that break the contract of a result row, before anything is stored or exported."""

from __future__ import annotations

from typing import Any

from scrapy.exceptions import DropItem

from spiders.types.registry import type_of_item
from spiders.work.target import TargetRow


class ValidationPipeline:
    """Drops an item that its job type finds a problem with."""

    def process_item(self, item: Any) -> Any:
        checked = item.item if isinstance(item, TargetRow) else item
        known = type_of_item(checked)
        problems = known.problems_of(checked) if known else []
        if problems:
            name = getattr(checked, "asin", type(checked).__name__)
            raise DropItem(f"{name}: {problems[0]}")
        return item
