from __future__ import annotations

from control_api.services.jobs.types.served_type import ServedType
from spiders.types.page import PAGE

SERVED_PAGE = ServedType(
    type=PAGE,
    does="reads pages of any site by selectors",
    can_be_scheduled=False,
    retries_first_target_alone=True,
)
