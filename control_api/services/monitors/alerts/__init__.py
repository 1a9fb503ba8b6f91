"""Alerts: made, judged, tried on the past."""
