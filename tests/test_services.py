from pymongo.database import Database
from redis import Redis


def test_the_mongod_of_the_tests_runs_transactions(mongo_database: Database) -> None:
    mongo_database.create_collection("jobs")
    with mongo_database.client.start_session() as session, session.start_transaction():
        mongo_database.jobs.insert_one({"_id": 1}, session=session)
        session.abort_transaction()
    assert mongo_database.jobs.count_documents({}) == 0


def test_each_test_gets_an_empty_redis(redis_client: Redis) -> None:
    assert redis_client.dbsize() == 0
    redis_client.set("left", "behind")


def test_what_a_test_leaves_in_redis_is_gone_in_the_next(redis_client: Redis) -> None:
    assert redis_client.get("left") is None
