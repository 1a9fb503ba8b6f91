#!/bin/sh
# Starts a crawl node: scrapyd with our runner. Run it in the project's folder, with the virtual
# environment's programs on PATH. See docs/operations.md for the variables.
set -eu
: "${MONGODB_URI:?}" "${REDIS_URL:?}" "${SCRAPYD_USERNAME:?}" "${SCRAPYD_PASSWORD:?}"
# As the service knows it: host:port of this node's URL. Crawlers that beat under another name are
# taken for another node's, and the fleet would start more and more of them.
: "${NODE_NAME:?}"
export STACK_DATA="${STACK_DATA:-$PWD/.node}"
export SCRAPYD_BIND_ADDRESS="${SCRAPYD_BIND_ADDRESS:-127.0.0.1}"
export SCRAPYD_HTTP_PORT="${SCRAPYD_HTTP_PORT:-6800}"
# Ours first, then where EXTRA_SPIDER_MODULES are.
export PYTHONPATH="$PWD${PYTHONPATH:+:$PYTHONPATH}"
mkdir -p "$STACK_DATA/scrapyd"
exec twistd --nodaemon --pidfile= --python deploy/scrapyd/scrapyd_app.py
