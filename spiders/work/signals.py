"""Signals by which spiders, frontier and pipelines meet without knowing each other."""

# spider -> frontier. Arguments: target (Target), failure (Failure).
target_failed = object()
# spider -> whoever watches how pages come. Arguments: request, failure (Failure).
page_failed = object()
# middlewares -> frontier: the request is not sent, for the crawler closes or nobody wants its page.
# Arguments: request.
request_unsent = object()
# middlewares -> frontier: a request waits for long, for its time or (is_loading) for its page; its wait
# is over. Arguments: request; of request_waits also is_loading (bool, False where it is left out).
request_waits = object()
request_goes_on = object()
# spider -> frontier: a request ended without a callback. Arguments: request, failure (Failure).
request_lost = object()
# frontier -> pipelines: a crawler began to work on it. Arguments: target (LeasedTarget).
target_started = object()
# frontier -> middlewares, pipelines: it is not ours any more, and nothing comes of it.
# Arguments: target (LeasedTarget).
target_let_go = object()
# frontier -> pipelines: every request and item of it is done.
# Arguments: target (LeasedTarget), failure (Failure or None).
target_ended = object()
# pipelines -> frontier: committed; their leases can go. Arguments: targets (list of LeasedTarget).
targets_settled = object()
# pipelines -> frontier: not written, for their leases ran out. Arguments: targets.
targets_abandoned = object()
# pipelines -> frontier: the MongoDB session that rows are written in. Arguments: session (its name).
writer_opened = object()
# pipelines -> dedicated run: the run is not ours any more (`code` None), or its items cannot be stored.
# Arguments: code (str or None).
items_refused = object()
# proxies -> visitors: no request goes by it for now. Arguments: proxy_id (str).
proxy_banned = object()
# visitors -> browser: nobody uses it any more. Arguments: visitor_id (str).
visitor_ended = object()

# middlewares -> download handler, in a request's meta: so many bytes of the body are enough.
READ_AT_MOST = "read_at_most"
# whoever meets it -> extensions/defects.py, which counts it: an error that waiting does not heal. Arguments: part (str).
defect_met = object()
