"""What each operation does, where its view's docstring says no more than the title.

test_descriptions.py fails for an operation without a sentence and for an entry without an operation.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_AZSCRAPER = {
    "POST /auth/login": "Answers an access token that is valid for 7 days. An unknown address and a wrong password get "
    "the same 401; after 10 failures of an account within 15 minutes the answer is 429.",
    "POST /auth/verify-handoff": "Exchanges the token of `POST /auth/login-handoff` for an access token. A token works "
    "once and for 60 seconds; one that is unknown, used or expired gets the same 401.",
    "GET /projects": "Lists the organization's projects. A job, a schedule, a webhook and an API key each belong to one.",
    "POST /projects": "Creates a project in the caller's organization.",
    "PATCH /projects/{id}": "Renames a project, archives it or takes it out of the archive. What the body leaves out stays as it is.",
    "GET /projects/{projectId}/jobs": "Lists the project's jobs, the newest first. Each comes with its first targets and without `failures`.",
    "POST /projects/{projectId}/jobs": "Creates a crawl job of keywords or products and answers at once; the job is crawled in the "
    "background. It reserves 5 credits for each keyword and 2 for each product; only targets that succeed are charged.",
    "GET /jobs/{id}": "Answers the job's status, the counts of its targets, its failures by code and its first targets.",
    "GET /jobs/{id}/targets": "Lists all targets of the job in the order of the request, with the status, the error and the number of rows of each.",
    "POST /jobs/{id}/retry": "Creates a new job with the same configuration and the same targets, or with those alone that failed or were cancelled.",
    "POST /jobs/{id}/cancel": "Cancels a job that is queued or running. Rows that are stored stay. It may be repeated; a job that "
    "has completed or failed gets a 409.",
    "GET /jobs/{id}/delta": "Compares the job with another one of its type, target by target: products of details jobs by their fields, "
    "keywords of search jobs by the order of the results. A target that failed is `unknown`, never a change. "
    "Nothing is stored; docs/monitoring.md says what counts as a change.",
    "GET /jobs/{id}/delta/export": "Streams the whole comparison as a file, which counts as an export. JSON has a target an entry, "
    "CSV a change a line.",
    "GET /usage": "Answers the plan's limits of the current calendar month (UTC), what has been used of them, what remains, and the credits.",
    "GET /audit": "Lists the changes that people and API keys made in the organization, the newest first.",
    "GET /private/credits/packages": "Lists the packages of credits with their prices.",
    "GET /projects/{projectId}/schedules": "Lists the project's schedules.",
    "POST /projects/{projectId}/schedules": "Creates a schedule that starts a job at each time that its cron expression names. "
    "A crawl that no job could be made of is refused with a 400.",
    "GET /schedules/{id}": "Answers the schedule with the next time at which it is due and with what became of the last one.",
    "PATCH /schedules/{id}": "Changes a schedule. What the body leaves out stays as it is; a change of `cron`, `timezone` or `enabled` computes the next due time anew.",
    "DELETE /schedules/{id}": "Deletes the schedule. The jobs that it started stay.",
    "GET /schedules/{id}/slots": "Lists what became of each due time and of each run by hand, the latest first. Kept for 90 days.",
    "GET /schedules/{id}/jobs": "Lists the jobs that the schedule started, the newest first.",
    "GET /projects/{projectId}/monitors": "Lists the project's monitors, the newest first, each with its latest round.",
    "POST /projects/{projectId}/monitors": "Creates a monitor: a list of products that rounds look at, by the clock of `cron` or when you ask for one. "
    "It begins without watches; `POST /monitors/{id}/watches` adds them. docs/monitoring.md says what counts as a change.",
    "GET /monitors/{id}": "Answers the monitor with its next due time and its latest round.",
    "PATCH /monitors/{id}": "Changes a monitor. What the body leaves out stays as it is.",
    "DELETE /monitors/{id}": "Deletes the monitor with its watches, their history, its changes and its alerts. The jobs of its rounds stay.",
    "POST /monitors/{id}/rounds": "Creates a job that looks at the monitor's watches now, at the price of such a job. Where there is nothing to look at the answer is a 409.",
    "GET /monitors/{id}/rounds": "Lists the monitor's rounds, the newest first, with what each of them brought.",
    "GET /monitors/{id}/rounds/{jobId}": "Answers one round by its job's id.",
    "GET /monitors/{id}/coverage": "Answers how many checks of the rounds of a time brought a page, why the others did not, how old what is known has become, "
    "and how many due times had no round. Left out, the time is the last 7 days; 92 days at most.",
    "POST /monitors/{id}/watches": "Adds up to 1,000 products. What cannot be followed is named in `refused`; the others are added.",
    "POST /monitors/{id}/watches/import": "Adds the products of a CSV file of at most 10,000 lines: with the header `value,label,tags,note,target,enabled` "
    "or some of these names, or one column of values without a header. Columns are separated by `,` or `;`, tags by `|`. Lines that cannot be read are named in `refused`.",
    "GET /monitors/{id}/watches": "Lists the monitor's watches in the order of their values, with the last known value of each field.",
    "GET /monitors/{id}/watches/export": "Streams what is known of the watches as a file, which counts as an export. CSV has a watch a line and the last known "
    "value of each field in a column; `parquet` has the same columns with types, where the operator has installed it; the other formats have watches as the list answers them.",
    "GET /monitors/{id}/history/export": "Streams the history of all watches as a file, which counts as an export: a line for each time at which a value began, "
    "watch by watch and field by field. `isAbsent` is true where the page says that there is none. `parquet` is a 400 where the operator has not installed it.",
    "GET /watches/{id}": "Answers one watch with what is known of it and its lowest price.",
    "PATCH /watches/{id}": "Changes what you say of a watch. What the body leaves out stays as it is.",
    "DELETE /watches/{id}": "Deletes the watch with its history and its changes.",
    "GET /watches/{id}/checks": "Lists each check of the watch with how it ended, the latest first.",
    "GET /watches/{id}/history": "Answers the course of the watch's fields, as the steps in which they changed or as cells for a chart.",
    "GET /watches/{id}/placements": "Answers who stood where on a keyword's results, a best-seller list or the offers of a product, as it was last seen at a time.",
    "GET /watches/{id}/share": "Answers how much of the first places belonged to whom, weighed by the time that was observed: share of search.",
    "GET /projects/{projectId}/changes": "Answers the project's changes behind a cursor, in the order in which they were found. "
    "Keep `meta.nextCursor` with what you did with the page, and each change is seen once. Changes are kept for 90 days.",
    "POST /monitors/{id}/alerts": "Creates an alert: a condition that is judged at each check of a watch, and told to the project's webhooks as `alert.fired` when it comes true.",
    "POST /monitors/{id}/alerts/preview": "Answers how often an alert would have fired, had it been made `days` ago: it is judged at each check of the history. "
    "At most 500 watches and 50,000 checks are replayed; nothing is written or sent.",
    "GET /monitors/{id}/alerts": "Lists the monitor's alerts, the oldest first.",
    "GET /alerts/{id}": "Answers one alert.",
    "PATCH /alerts/{id}": "Changes an alert. What the body leaves out stays as it is; a new condition arms it anew at every watch.",
    "DELETE /alerts/{id}": "Deletes the alert. What it has fired is kept for 90 days and not shown any more.",
    "GET /alerts/{id}/firings": "Lists when the alert fired and for which watch, the latest first. Kept for 90 days.",
    "GET /projects/{projectId}/webhooks": "Lists the project's webhooks, without their secrets.",
    "DELETE /webhooks/{id}": "Deletes the webhook. Events that wait for it are not sent any more.",
    "POST /webhooks/{id}/test": "Queues an event of the type `webhook.test` for the webhook; the worker sends it as it sends the "
    "others, and `GET /webhooks/{id}/deliveries` shows what came of it.",
    "GET /webhooks/{id}/deliveries": "Lists the events for the webhook, the newest first, with each try to send them.",
    "POST /webhooks/{id}/deliveries/{deliveryId}/redeliver": "Queues the event once more under its message id, whatever became of it before. "
    "A disabled webhook gets a 409.",
    "GET /private/projects/{projectId}/api-keys": "Lists the project's API keys with their makers. The keys themselves are not shown.",
    "DELETE /private/projects/{projectId}/api-keys/{id}": "Ends the key: requests with it get a 401 from now on.",
    "PATCH /private/projects/{projectId}/api-keys/{id}": "Changes the name under which the key is listed. The key itself stays valid.",
    "GET /organization/members": "Lists the people of the organization with their roles. Owners only.",
    "PATCH /organization/members/{id}": "Makes a member an owner or an owner a member. Owners only; the last owner stays one (409).",
    "GET /organization/invitations": "Lists the invitations that are neither used nor expired, without their tokens. Owners only.",
    "DELETE /organization/invitations/{id}": "Ends an invitation: its link is refused from now on. Owners only.",
    "POST /referral/link": "Answers the caller's referral link, and makes it at the first call.",
    "GET /referral/stats": "Counts the visits, registrations and commissions of the caller's referral link.",
    "GET /referral/users": "Lists the people who registered by the caller's referral link.",
    "GET /referral/commissions": "Lists the commissions of the caller for purchases of people who came by the link.",
    "POST /referral/click": "Counts a visit by a referral link, at most 5 within 10 seconds from an address. An unknown code is ignored.",
    "GET /admin/referral-settings": "Answers the commission that referrers are paid. Admins only.",
    "PATCH /admin/referral-settings": "Sets the commission of purchases from now on. Admins only.",
    "GET /admin/referrals": "Lists everybody who has a referral link, with its visits, registrations and commissions. Admins only.",
    "GET /admin/referrals/{id}/users": "Lists the people who registered by the link of one user. Admins only.",
    "GET /admin/settings": "Answers the request rate of each marketplace and the default places of delivery. Admins only.",
    "GET /admin/organizations": "Lists all organizations with their plans and credits. Admins only.",
    "PATCH /admin/organizations/{id}": "Sets the plan, which decides the limits of a month. Admins only.",
    "GET /admin/jobs": "Lists the jobs of all organizations, the newest first. Admins only.",
    "GET /health/live": "Answers 200 as long as the process serves requests; it looks at no database.",
    "GET /admin/nodes": "Lists the scrapyd nodes of the fleet and the crawlers that report to it. Admins only.",
    "POST /admin/nodes": "Adds a scrapyd server to the fleet. The worker starts crawlers there within seconds. Admins only.",
    "DELETE /admin/nodes/{name}": "Takes a node out of the fleet. One that the configuration names stays (409). Admins only.",
    "GET /admin/proxies": "Lists the proxies with the share of requests that succeeded, without their credentials. Admins only.",
    "DELETE /admin/proxies/{id}": "Removes a proxy. Crawlers stop using it within seconds. Admins only.",
}  # fmt: skip
_API_V1 = {
    "GET /api/v1/spiders": "Lists the spiders of the deployed project and the presets that the organization made of them.",
    "GET /api/v1/spiders/{id}": "Answers one spider with the arguments that it declares.",
    "DELETE /api/v1/spiders/{id}": "Deletes a preset of the organization. A spider of the deployed project cannot be deleted.",
    "PATCH /api/v1/spiders/{id}": "Changes a preset of the organization. What the body leaves out stays as it is.",
    "GET /api/v1/jobs/{id}/items": "Answers the items that the job's spider has stored so far, as a bare array.",
    "GET /api/v1/schedules": "Lists the organization's schedules of spiders.",
    "POST /api/v1/schedules": "Creates a schedule that starts a spider at each time that its cron expression names.",
    "GET /api/v1/schedules/{id}": "Answers the schedule with the next time at which it is due and with what became of the last one.",
    "DELETE /api/v1/schedules/{id}": "Deletes the schedule. The jobs that it started stay.",
    "PATCH /api/v1/schedules/{id}": "Changes a schedule. What the body leaves out stays as it is.",
    "GET /api/v1/api-keys": "Lists the caller's own keys for `/api/v1`. The keys themselves are not shown.",
    "DELETE /api/v1/api-keys/{id}": "Ends the key: requests with it get a 401 from now on.",
    "GET /api/v1/jobs": "Lists the organization's page and spider jobs, each in the shape of its kind.",
    "GET /api/v1/jobs/{id}": "Answers one job, in the shape of its kind.",
    "GET /api/v1/results/{job_id}": "Answers the results of a page job, also while it runs.",
    "GET /api/v1/results/{job_id}/export": "Streams all results of a page job as a JSON array or a CSV file with the columns "
    "`url`, the selectors' names and `scraped_at`.",
    "GET /api/v1/webhooks": "Lists the organization's webhooks for page and spider jobs, without their secrets.",
    "DELETE /api/v1/webhooks/{id}": "Deletes the webhook. Events that wait for it are not sent any more.",
    "GET /api/v1/monitoring/stats": "Counts the organization's page and spider jobs by status.",
    "GET /api/v1/monitoring/proxies": "Counts the installation's proxies by status, without their addresses.",
    "GET /api/v1/monitoring/system": "Tells whether Redis, MongoDB and the API work.",
}  # fmt: skip
OPERATIONS: Mapping[str, str] = MappingProxyType({**_AZSCRAPER, **_API_V1})
