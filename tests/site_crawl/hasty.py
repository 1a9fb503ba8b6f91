"""settings.direct, for a crawl that looks at a download's rate much sooner than after ten seconds."""

from settings.direct import *  # noqa: F403
from spiders.extensions import page_download

page_download.RATE_SECONDS = 0.3
