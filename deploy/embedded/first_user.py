"""The stack's first user: registered through the API like any other, then given what operators have."""

import httpx

from deploy.embedded.errors import StackError
from deploy.embedded.identity import FIRST_EMAIL
from deploy.embedded.plan import Plan
from settings.config import Config
from storage.accounts.organizations import Organizations
from storage.accounts.users import Users
from storage.base.connections import connect_mongo, open_database


def ensure_first_user(plan: Plan, config: Config) -> None:
    """Harmless to repeat. A user who is there already keeps plan and password."""
    credentials = {"email": FIRST_EMAIL, "password": plan.identity.first_password}
    url = f"{plan.api_url}/auth/register"
    answer = httpx.post(url, json=credentials, timeout=30, trust_env=False)
    if answer.status_code == httpx.codes.CONFLICT:
        return
    if answer.status_code != httpx.codes.CREATED:
        raise StackError(
            f"the API refused the first user: {answer.status_code} {answer.text[:300]}"
        )
    _promote(config)


def _promote(config: Config) -> None:
    """No route gives these rights away: the first administrator is made by who owns the database."""
    with connect_mongo(config) as client:
        database = open_database(client, config)
        users = Users(database)
        user = users.find_by_email(FIRST_EMAIL)
        if user is None:
            raise StackError(f"the API and this command use different databases: no {FIRST_EMAIL}")
        Organizations(database).set_plan(user.organization_id, "unlimited")
        users.make_admin(user.id)
