"""All job types, as the service knows them: the entry of each module beside this one."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import control_api.services.jobs.types
from control_api.services.jobs.types.served_type import FREE, Price, RequestForm, ServedType
from spiders.targets.lists import texts_from_argument
from spiders.types.entries import entries_in

# By name, wherever types are listed.
SERVED: tuple[ServedType, ...] = entries_in(
    control_api.services.jobs.types, ServedType, without="registry"
)

SERVED_OF_NAME: Mapping[str, ServedType] = MappingProxyType({one.name: one for one in SERVED})
# The types of the AzScraper dialect, and those of /api/v1.
REQUEST_FORMS: Mapping[str, RequestForm] = MappingProxyType(
    {one.name: one.request for one in SERVED if one.request is not None}
)
V1_NAMES = tuple(one.name for one in SERVED if one.request is None)
SCHEDULED_NAMES = tuple(one.name for one in SERVED if one.can_be_scheduled)

_SERVED_OF_SPIDER = {one.type.spider: one for one in SERVED if one.type.spider is not None}


def price_of(name: str, spider: str, config: Mapping[str, Any]) -> Price:
    """What a target of such a job costs, where the plan uses credits.

    The one target of a job that names its spider costs what the same job of that spider's own type
    costs at most; spiders without a type cost none.
    """
    own = SERVED_OF_NAME[name]
    if own.type.spider is not None:
        return own.price(config)
    same = _SERVED_OF_SPIDER.get(spider)
    if same is None or not same.credits_per_target:
        return FREE
    arguments = config["arguments"]
    listed = texts_from_argument(arguments.get(same.type.targets_argument, ""))
    targets = sum(1 for one in listed if one.text.strip())
    return Price(per_target=same.price(arguments).most * targets)
