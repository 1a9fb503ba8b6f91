"""What each parameter means, where its own field does not say it.

A parameter has the text of its own operation (`GET /path name`), else that of its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_LISTED = "At most so many entries are answered."
_SKIPPED = "So many entries are left out at the beginning of the list."

PARAMETERS: Mapping[str, str] = MappingProxyType(
    {
        # Of the path.
        "projectId": "The project's id.",
        "deliveryId": "The delivery's id.",
        "jobId": "The id of the round's job.",
        "job_id": "The page job's id.",
        "code": "The referral code from a link.",
        "token": "The invitation's token, from its link.",
        "name": "The node's name, as `GET /admin/nodes` shows it.",
        # Of lists.
        "limit": _LISTED,
        "offset": _SKIPPED,
        "skip": _SKIPPED,
        "Idempotency-Key": "A text of your choice, 1 to 255 characters. A second request with it within 24 hours gets the "
        "first one's answer and creates nothing; with another body it gets a 422.",
        "format": "The file's format: `json` is one array, `csv` a table.",
        "gzip": "The file is compressed with gzip.",
    }
)  # fmt: skip

_ID = {
    "/schedules/{id}": "The schedule's id.",
    "/webhooks/{id}": "The webhook's id.",
    "/monitors/{id}": "The monitor's id.",
    "/watches/{id}": "The watch's id: its monitor's id, a colon and its value.",
    "/alerts/{id}": "The alert's id.",
    "/projects/{id}": "The project's id.",
    "/private/projects/{projectId}/api-keys/{id}": "The API key's id.",
    "/organization/api-keys/{id}": "The API key's id.",
    "/jobs/{id}": "The job's id.",
    "/organization/members/{id}": "The person's id, as `GET /organization/members` shows it.",
    "/organization/invitations/{id}": "The invitation's id.",
    "/admin/referrals/{id}": "The referrer's id, which is the user's.",
    "/admin/organizations/{id}": "The organization's id.",
    "/admin/proxies/{id}": "The proxy's id.",
    "/api/v1/spiders/{id}": "The spider's or preset's id.",
    "/api/v1/schedules/{id}": "The schedule's id.",
    "/api/v1/api-keys/{id}": "The API key's id.",
    "/api/v1/jobs/{id}": "The job's id.",
    "/api/v1/webhooks/{id}": "The webhook's id.",
}
# By the beginning of the path: what `{id}` is the id of.
IDS: Mapping[str, str] = MappingProxyType(_ID)

_JOB_STATUS = "Only jobs with this status."
PARAMETERS_OF: Mapping[str, str] = MappingProxyType(
    {
        "GET /schedules/{id}/jobs status": _JOB_STATUS,
        "GET /projects/{projectId}/jobs status": _JOB_STATUS,
        "GET /projects/{projectId}/jobs scheduleId": "Only jobs that this schedule started.",
        "GET /admin/jobs status": _JOB_STATUS,
        "GET /admin/jobs organizationId": "Only jobs of this organization.",
        "POST /monitors/{id}/watches/import mode": "`add` keeps watches that the file does not name, `replace` switches them off.",
        "GET /monitors/{id}/watches cursor": "`meta.nextCursor` of the answer before, to go on behind its last watch.",
        "GET /monitors/{id}/watches tag": "Only watches that have this tag.",
        "GET /monitors/{id}/watches staleHours": "Only watches without a good page for so many hours.",
        "GET /monitors/{id}/watches isGone": "Only watches whose page is gone, or only others.",
        "GET /monitors/{id}/watches changedSince": "Only watches with a change since this time: a date (UTC) or a time as ISO 8601.",
        "GET /monitors/{id}/watches/export tag": "Only watches that have this tag.",
        "GET /monitors/{id}/watches/export staleHours": "Only watches without a good page for so many hours.",
        "GET /monitors/{id}/watches/export isGone": "Only watches whose page is gone, or only others.",
        "GET /monitors/{id}/watches/export changedSince": "Only watches with a change since this time: a date (UTC) or a time as ISO 8601.",
        "GET /monitors/{id}/history/export fields": "The fields to write, separated by commas, such as `price,availability`. Left out: all that there are.",
        "GET /watches/{id}/checks cursor": "`meta.nextCursor` of the answer before, to go on behind its last check.",
        "GET /watches/{id}/history fields": "The fields to answer, separated by commas, such as `price,availability`. Left out: all that there are.",
        "GET /watches/{id}/history form": "`steps`: when each value began; `buckets`: cells for a chart; `compact`: flat lists of integers, of the fields that are numbers.",
        "GET /watches/{id}/history points": "How many cells of one width to answer, with `form=buckets`.",
        "GET /watches/{id}/history bucket": "Cells of an hour, a day or a week instead. Days and weeks begin at midnight in `tz`.",
        "GET /watches/{id}/history tz": "The IANA time zone of `bucket`.",
        "GET /watches/{id}/placements at": "The time to answer for: a date (UTC) or a time as ISO 8601. Left out: now.",
        "GET /watches/{id}/share top": "How many places count. Looks that did not read so far are left out. Left out: as many as the monitor follows.",
        "GET /watches/{id}/share by": "`asins`: those of the monitor and all others; `brand`: each brand, and `unknown` for rows without one.",
        "GET /watches/{id}/share bucket": "A span for each hour, day or week instead of one for all of the time. Days and weeks begin at midnight in `tz`.",
        "GET /watches/{id}/share tz": "The IANA time zone of `bucket`.",
        "GET /watches/{id}/share weighted": "`true`: the place p counts 1 / log2(1 + p) instead of 1.",
        "GET /projects/{projectId}/changes item": "Only changes of this member of a list: an ASIN, or a seller by its id.",
        "GET /projects/{projectId}/changes since": "A cursor that this feed gave, `start` for the oldest change that is kept, or `now`.",
        "GET /projects/{projectId}/changes monitorId": "Only changes of this monitor.",
        "GET /projects/{projectId}/changes kind": "Only changes of this kind.",
        "GET /projects/{projectId}/changes field": "Only changes of this field.",
        "GET /alerts/{id}/firings cursor": "`meta.nextCursor` of the answer before, to go on behind its last firing.",
        "GET /webhooks/{id}/deliveries status": "Only deliveries with this status.",
        "GET /projects archived": "`true` lists only archived projects, `false` only the others. Left out: all of them.",
        "GET /jobs/{id}/targets status": "Only targets with this status.",
        "GET /jobs/{id}/results cursor": "`meta.nextCursor` of the answer before, to go on behind its last row. It is quicker "
        "than a large `offset`.",
        "GET /jobs/{id}/results page": "The number of the page, from 1. With `page` or `pageSize` the answer is "
        "`{data: {items, pagination}}`.",
        "GET /jobs/{id}/results pageSize": "Rows on a page. Left out while `page` is given: 50.",
        "GET /audit action": "Only entries of this action, such as `job.created`.",
        "GET /audit entityType": "Only entries about this kind of object, such as `job` or `project`.",
        "GET /api/v1/spiders name": "Only spiders whose name contains this text.",
        "GET /api/v1/spiders limit": "At most so many spiders are answered; more than 200 is 200.",
        "GET /api/v1/jobs/{id}/logs limit": "At most so many lines are answered.",
        "GET /api/v1/jobs/{id}/logs offset": "The number of the first line to answer, from 0.",
        "GET /api/v1/jobs status": "Only jobs with this status, in the words of either kind: `completed` and `finished` are "
        "one status, and so are `failed` and `error`.",
        "GET /api/v1/jobs spider_id": "Only spider jobs of this spider.",
        "GET /api/v1/jobs schedule_id": "Only jobs that this schedule started.",
        "GET /api/v1/jobs limit": "At most so many jobs are answered; more than 100 is 100.",
    }
)  # fmt: skip
