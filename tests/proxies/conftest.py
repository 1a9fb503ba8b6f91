from tests.stores import database, indexed_database, redis, store, store_config

__all__ = ["database", "indexed_database", "redis", "store", "store_config"]
