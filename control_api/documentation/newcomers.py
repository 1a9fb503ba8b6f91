"""What the API's description says to somebody who reads it for the first time."""

from __future__ import annotations

from typing import Any

INTRODUCTION = """
Amazon search and product pages as JSON and CSV. Three calls lead to rows:

1. `POST /auth/register` answers an `accessToken`. Press *Authorize* and paste it; every other call
   takes it as `Authorization: Bearer …`.
2. `POST /projects` answers the `id` of a project, and `POST /projects/{projectId}/jobs` takes keywords
   (`search`) or ASINs (`details`) and answers a job at once. The job is crawled in the background.
3. `GET /jobs/{id}` says how far it is, `GET /jobs/{id}/results` and `GET /jobs/{id}/export` give its
   rows, also while it runs.

Answers are `{"data": …}`, lists add `meta.total`; errors are `{"success": false, "error": {"code",
"message", "details"}}`. A setting that has no effect is named in `warnings`. Times are UTC. A 429 and a
503 say in `Retry-After` when to ask again; send creates with an `Idempotency-Key`, and they can be
repeated safely.

Under `/api/v1` the same jobs, and those of any page or deployed spider, are told in the words of
ScrapeMaster and ScrapeThis: bodies without an envelope, errors as `{"detail", "error"}`.
"""

# In the order in which somebody needs them; a tag that is not here comes last.
_GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Begin", ("auth", "projects", "jobs", "results")),
    (
        "Every day",
        (
            "all_jobs", "job_checks", "progress", "reports", "saved-pages", "schedules", "deltas", "categories", "monitors",
            "watches", "standings", "monitor-files", "changes", "alerts", "webhooks", "api-keys", "account",
        ),
    ),
    ("People", ("members", "invitations", "invitation-links", "referral", "referral-clicks")),
    (
        "Pages and spiders (/api/v1)",
        (
            "v1: auth", "v1: jobs", "v1: results", "v1: runs", "v1: spiders", "v1: schedules",
            "v1: webhooks", "v1: api-keys", "v1: monitoring",
        ),
    ),
    ("Operation", ("health", "diagnosis", "admin", "nodes", "proxies")),
)  # fmt: skip

# (method, path) → a body that works as it stands; test_newcomers.py sends each of them.
BODY_EXAMPLES: dict[tuple[str, str], dict[str, Any]] = {
    ("post", "/auth/register"): {"email": "you@example.com", "password": "a long password"},
    ("post", "/auth/login"): {"email": "you@example.com", "password": "a long password"},
    ("post", "/projects"): {"name": "My first project"},
    ("post", "/projects/{projectId}/jobs"): {
        "type": "search",
        "targets": ["wireless earbuds"],
        "config": {"marketplace": "sandbox", "maxPages": 1},
    },
    ("post", "/projects/{projectId}/schedules"): {
        "cron": "0 6 * * 1-5",
        "timezone": "Europe/Berlin",
        "crawlConfig": {
            "type": "details",
            "targets": ["B091G3FLL7"],
            "config": {"marketplace": "DE"},
        },
    },
    ("post", "/projects/{projectId}/monitors"): {
        "name": "Earbuds",
        "type": "details",
        "config": {"marketplace": "sandbox"},
        "cron": "0 6 * * *",
        "timezone": "Europe/Berlin",
    },
    ("post", "/projects/{projectId}/webhooks"): {
        "url": "https://hooks.example.com/azscraper",
        "events": ["job.completed", "job.failed"],
    },
    ("post", "/private/projects/{projectId}/api-keys"): {"name": "the nightly export"},
    ("post", "/api/v1/auth/register"): {"username": "you", "password": "a long password"},
    ("post", "/api/v1/jobs"): {
        "url": "https://example.com/",
        "selectors": {"title": "h1::text", "links": "a::attr(href)"},
        "config": {"max_pages": 1},
    },
}


def introduce(document: dict[str, Any]) -> None:
    """Put introduction, order and examples into the OpenAPI document. Harmless to repeat."""
    document["info"]["description"] = INTRODUCTION.strip()
    tags = {tag["name"]: tag for tag in document.get("tags", ())}
    order = [name for _, names in _GROUPS for name in names if name in tags]
    order += [name for name in tags if name not in order]
    document["tags"] = [tags[name] for name in order]
    # ReDoc draws these as headings.
    document["x-tagGroups"] = [
        {"name": group, "tags": [name for name in names if name in tags]}
        for group, names in _GROUPS
    ]
    for (method, path), example in BODY_EXAMPLES.items():
        content = document["paths"][path][method]["requestBody"]["content"]
        content["application/json"]["example"] = example
