"""Who may use which route. One table; a test walks every route of the app through it."""

from __future__ import annotations

from enum import StrEnum


class Access(StrEnum):
    PUBLIC = "public"
    # The operator's token, which is no user's.
    OPERATOR = "operator"
    # A user's token or a key of the object's project.
    PROJECT = "project"
    # A user's token, or a key that stands for a user.
    USER_KEY = "user_key"
    # A user's token only.
    USER = "user"
    OWNER = "owner"
    ADMIN = "admin"
    # A person's session in a browser; the operations of the API that a page stands for say who.
    SESSION = "session"


_PAGES = frozenset(
    {
        ("GET", "/"),
        ("GET", "/favicon.ico"),
        ("GET", "/docs"),
        ("GET", "/redoc"),
        ("GET", "/openapi.json"),
        ("GET", "/swagger.json"),
        ("GET", "/api/docs"),
        ("GET", "/api/redoc"),
        ("GET", "/api/openapi.json"),
        ("GET", "/api/assets/<path:name>"),
    }
)
_CONSOLE_WITHOUT_STORES = frozenset(
    {
        ("GET", "/console/assets/<path:name>"),
        ("GET", "/console/<path:rest>"),
    }
)
# All that answers without a credential. A route that is not here is closed.
PUBLIC = frozenset(
    {
        ("POST", "/auth/register"),
        ("POST", "/auth/login"),
        ("POST", "/auth/login-handoff"),
        ("POST", "/auth/verify-handoff"),
        ("POST", "/auth/logout"),
        ("POST", "/referral/click"),
        ("GET", "/r/<code>"),
        ("POST", "/api/v1/auth/register"),
        ("POST", "/api/v1/auth/login"),
        ("GET", "/i/<token>"),
        ("GET", "/health"),
        ("GET", "/health/live"),
        *_PAGES,
    }
)
CONSOLE_PREFIX = "/console"
# Of the console, what a person without a session needs.
CONSOLE_PUBLIC = frozenset(
    {
        ("GET", "/console/login"),
        ("POST", "/console/login"),
        ("GET", "/console/enter"),
        ("POST", "/console/enter"),
        *_CONSOLE_WITHOUT_STORES,
    }
)
OPERATOR = frozenset({("GET", "/metrics")})

# All that answers, without a credential, while MongoDB is away.
WITHOUT_STORES = frozenset(
    {
        ("POST", "/auth/logout"),
        ("GET", "/health"),
        ("GET", "/health/live"),
        ("GET", "/metrics"),
        *_CONSOLE_WITHOUT_STORES,
        *_PAGES,
    }
)

# All that a project API key may do; each of these services asks `actor.sees(project)`.
PROJECT_KEY = frozenset(
    {
        ("GET", "/projects"),
        ("GET", "/usage"),
        ("GET", "/marketplaces/<code>/categories"),
        ("POST", "/projects/<projectId>/jobs"),
        ("POST", "/projects/<projectId>/jobs/check"),
        ("GET", "/projects/<projectId>/jobs"),
        ("GET", "/jobs"),
        ("GET", "/jobs/<id>"),
        ("GET", "/jobs/<id>/targets"),
        ("GET", "/jobs/<id>/pages"),
        ("GET", "/jobs/<id>/targets/<index>/page"),
        ("GET", "/jobs/<id>/targets/<index>/page/explain"),
        ("GET", "/jobs/<id>/targets/<index>/page/replay"),
        ("GET", "/jobs/<id>/results"),
        ("GET", "/jobs/<id>/export"),
        ("GET", "/jobs/<id>/report"),
        ("GET", "/jobs/<id>/timeline"),
        ("GET", "/jobs/<id>/throughput"),
        ("GET", "/jobs/<id>/coverage"),
        ("GET", "/jobs/<id>/delta"),
        ("GET", "/jobs/<id>/delta/export"),
        ("POST", "/jobs/<id>/retry"),
        ("POST", "/jobs/<id>/cancel"),
        ("POST", "/projects/<projectId>/schedules"),
        ("GET", "/projects/<projectId>/schedules"),
        ("POST", "/schedules/preview"),
        ("GET", "/schedules/<id>"),
        ("PATCH", "/schedules/<id>"),
        ("DELETE", "/schedules/<id>"),
        ("GET", "/schedules/<id>/slots"),
        ("GET", "/schedules/<id>/jobs"),
        ("POST", "/schedules/<id>/run"),
        ("POST", "/projects/<projectId>/monitors"),
        ("GET", "/projects/<projectId>/monitors"),
        ("GET", "/monitors/<id>"),
        ("PATCH", "/monitors/<id>"),
        ("DELETE", "/monitors/<id>"),
        ("POST", "/monitors/<id>/rounds"),
        ("GET", "/monitors/<id>/rounds"),
        ("GET", "/monitors/<id>/rounds/<jobId>"),
        ("GET", "/monitors/<id>/coverage"),
        ("POST", "/monitors/<id>/watches"),
        ("POST", "/monitors/<id>/watches/import"),
        ("GET", "/monitors/<id>/watches"),
        ("GET", "/monitors/<id>/watches/export"),
        ("GET", "/monitors/<id>/history/export"),
        ("GET", "/watches/<id>"),
        ("PATCH", "/watches/<id>"),
        ("DELETE", "/watches/<id>"),
        ("GET", "/watches/<id>/checks"),
        ("GET", "/watches/<id>/history"),
        ("GET", "/watches/<id>/placements"),
        ("GET", "/watches/<id>/share"),
        ("GET", "/projects/<projectId>/changes"),
        ("POST", "/monitors/<id>/alerts"),
        ("POST", "/monitors/<id>/alerts/preview"),
        ("GET", "/monitors/<id>/alerts"),
        ("GET", "/alerts/<id>"),
        ("PATCH", "/alerts/<id>"),
        ("DELETE", "/alerts/<id>"),
        ("GET", "/alerts/<id>/firings"),
    }
)
OWNER = frozenset(
    {
        ("GET", "/organization/members"),
        ("POST", "/organization/members"),
        ("PATCH", "/organization/members/<id>"),
        ("DELETE", "/organization/members/<id>"),
        ("GET", "/organization/invitations"),
        ("POST", "/organization/invitations"),
        ("DELETE", "/organization/invitations/<id>"),
        ("GET", "/organization/api-keys"),
        ("DELETE", "/organization/api-keys/<id>"),
        ("DELETE", "/projects/<id>"),
    }
)
_ADMIN_PREFIX = "/admin/"
_V1_PREFIX = "/api/v1/"
# Keys are made and revoked by people.
_V1_KEYS = "/api/v1/api-keys"


def access_of(method: str, rule: str) -> Access:
    route = ("GET" if method == "HEAD" else method, rule)
    if route in PUBLIC or route in CONSOLE_PUBLIC:
        return Access.PUBLIC
    if is_of_console(rule):
        return Access.SESSION
    if route in OPERATOR:
        return Access.OPERATOR
    if rule.startswith(_ADMIN_PREFIX):
        return Access.ADMIN
    if route in OWNER:
        return Access.OWNER
    if rule.startswith(_V1_PREFIX) and not rule.startswith(_V1_KEYS):
        return Access.USER_KEY
    return Access.PROJECT if route in PROJECT_KEY else Access.USER


def is_of_console(rule: str) -> bool:
    return rule == CONSOLE_PREFIX or rule.startswith(f"{CONSOLE_PREFIX}/")


def needs_stores(method: str, rule: str) -> bool:
    return ("GET" if method == "HEAD" else method, rule) not in WITHOUT_STORES


def is_public(method: str, rule: str) -> bool:
    return access_of(method, rule) is Access.PUBLIC
