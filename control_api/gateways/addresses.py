"""The rule for addresses is the crawlers' and the webhooks' alike: see spiders/sites/addresses.py."""

from __future__ import annotations

from spiders.sites.addresses import (
    Address,
    Network,
    address_from_text,
    refusal_of_address,
    refusal_text,
)

__all__ = ["Address", "Network", "address_from_text", "refusal_of_address", "refusal_text"]
