"""All that monitors can follow: the entry of each module beside this one."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import control_api.services.monitors.kinds
from control_api.services.monitors.kinds.monitor_kind import MonitorKind
from spiders.types.entries import entries_in

# By the name of the job type.
KINDS: Mapping[str, MonitorKind] = MappingProxyType(
    {
        one.name: one
        for one in entries_in(control_api.services.monitors.kinds, MonitorKind, without="registry")
    }
)
MONITORED = tuple(KINDS)
