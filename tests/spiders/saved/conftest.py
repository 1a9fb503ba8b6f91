from tests.stores import (
    crawler_side,
    database,
    indexed_database,
    redis,
    store,
    store_config,
)

__all__ = ["crawler_side", "database", "indexed_database", "redis", "store", "store_config"]
