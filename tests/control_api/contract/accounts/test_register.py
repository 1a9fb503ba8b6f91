"""The contract, register: "201 `{"data": {"accessToken", "user": {"id","email","name"}}}`; body
`email`, `password`, optional `name`, `referralCode`; creates the user's organization with the
signup bonus. Taken: 409 `EMAIL_ALREADY_EXISTS`, "Email already registered""
"""

from __future__ import annotations

from flask.testing import FlaskClient
from pymongo.database import Database

from storage.accounts.credits import Credits
from tests.control_api.conftest import PASSWORD

YOU = {"email": "you@company.com", "password": PASSWORD}


def test_register(client: FlaskClient, database: Database) -> None:
    answer = client.post("/auth/register", json={**YOU, "name": "Alex", "referralCode": "NOSUCH"})
    assert answer.status_code == 201
    assert set(answer.json) == {"data"}
    assert set(answer.json["data"]) == {"accessToken", "user"}
    user = answer.json["data"]["user"]
    assert set(user) == {"id", "email", "name"}
    assert (user["email"], user["name"]) == ("you@company.com", "Alex")
    organization = database["organizations"].find_one({})
    assert Credits(database).get_balance(organization["_id"]) == (1_000, 0)


def test_name_and_referral_code_are_optional(client: FlaskClient) -> None:
    answer = client.post("/auth/register", json=YOU)
    assert (answer.status_code, answer.json["data"]["user"]["name"]) == (201, None)
    for missing in YOU:
        body = {key: text for key, text in YOU.items() if key != missing}
        assert client.post("/auth/register", json=body).status_code == 400


def test_a_taken_email(client: FlaskClient, database: Database) -> None:
    client.post("/auth/register", json=YOU)
    answer = client.post("/auth/register", json=YOU)
    error = answer.json["error"]
    assert (answer.status_code, error["code"]) == (409, "EMAIL_ALREADY_EXISTS")
    assert error["message"] == "Email already registered"
    assert database["organizations"].count_documents({}) == 1
