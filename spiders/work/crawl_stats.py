"""Names in a crawl's statistics by which extensions and commands meet."""

# Items that a pipeline broke on: how many, and why the first one.
LOST_ITEMS = "items/lost"
LOST_ITEM_REASON = "items/lost_reason"
# Items that MongoDB refused.
REFUSED_ITEMS = "items/refused"
# Feeds that are not written, or not whole.
FAILED_FEEDS = "feeds/failed"
