"""Where the console is, with a link that signs the first user in where that can be made."""

from __future__ import annotations

import httpx

from deploy.embedded.identity import FIRST_EMAIL
from deploy.embedded.plan import Plan
from settings.config import load_config


def sign_in_link(plan: Plan) -> str | None:
    """None where there is no console. The token is good for one minute and one use.

    It stands in the fragment, which a browser sends to nobody.
    """
    if not load_config(plan.environ).console:
        return None
    credentials = {"email": FIRST_EMAIL, "password": plan.identity.first_password}
    try:
        answer = httpx.post(
            f"{plan.api_url}/auth/login-handoff", json=credentials, timeout=10, trust_env=False
        )
    except httpx.TransportError:
        return f"{plan.api_url}/console"
    if answer.status_code != httpx.codes.OK:
        # The password was changed: the person knows the new one, and we do not.
        return f"{plan.api_url}/console"
    token = answer.json()["data"]["handoffToken"]
    return f"{plan.api_url}/console/enter#t={token}  (signs in once, within a minute)"
