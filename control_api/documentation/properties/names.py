"""What a property means whose schema has no text of its own for it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_TIME = "ISO 8601, in UTC"
NAMES: Mapping[str, str] = MappingProxyType(
    {
        "data": "What was asked for.",
        "meta": "What holds for the whole list.",
        "warnings": "What of the request had no effect or was taken otherwise than it was sent. Left out where there is nothing to say.",
        "id": "The object's id.",
        "name": "The name, as it was given.",
        "projectId": "The id of the project that it belongs to.",
        "organizationId": "The id of the organization that it belongs to.",
        "createdAt": f"When it was created ({_TIME}).",
        "updatedAt": f"When it was last changed ({_TIME}).",
        "email": "The person's e-mail address.",
        "role": "`owner` may manage people, keys and the organization; `member` may not.",
        "currency": "The currency of the amount, as an ISO 4217 code.",
        "success": "Always `true`: an error has another shape.",
        "keysEnded": "How many API keys of the person are refused from now on.",
        "counts": "How many targets have each status.",
        "resultCount": "How many rows are stored so far.",
        "startedAt": f"When it began ({_TIME}); `null` before.",
        "completedAt": f"When it ended ({_TIME}); `null` before.",
        "isConfigured": "`true` where the configuration (`SCRAPYD_NODES`) names the node, `false` where an admin added it.",
        "draining": "A draining node gets no new work; what runs there runs to its end.",
        "slots": "How many dedicated runs of spiders the node holds at once.",
        "health": "The node's state, as the worker saw it last.",
        "creditBalance": "Credits that can be spent.",
        "totalCommission": "The sum of all commissions, in US dollars.",
        "registrations": "How many people registered by the link.",
        "clicks": "How many visits by the link were counted.",
        "plan": "The plan that sets the limits of a month: `free` has limits and spends credits, `unlimited` does neither.",
        "currentPassword": "The password that holds now.",
        "expiresAt": f"When it stops being valid ({_TIME}).",
        "organization": "The organization that the person belongs to from now on.",
    }
)  # fmt: skip
