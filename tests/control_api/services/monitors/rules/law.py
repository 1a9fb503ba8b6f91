"""How a law is tried."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# On a loaded machine the clock says nothing of the strategies.
LAW = settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow], deadline=None)
