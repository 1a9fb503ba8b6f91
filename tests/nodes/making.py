"""What the fixtures of a node and of a dispatcher are."""

from __future__ import annotations

from collections.abc import Callable

from control_api.worker.dispatcher import Dispatcher
from tests.nodes.scrapyd_node import RealNode

MakeNode = Callable[..., RealNode]
Dispatch = Callable[..., Dispatcher]
