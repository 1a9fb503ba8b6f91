from __future__ import annotations

from control_api.services.jobs.types.served_type import ServedType
from spiders.types.spider import SPIDER

SERVED_SPIDER = ServedType(type=SPIDER, does="runs a deployed spider")
