from pathlib import Path

import pytest

from deploy.embedded.identity import load_identity
from deploy.embedded.layout import Layout
from deploy.embedded.plan import Plan, environment_of, make_plan
from deploy.embedded.sign_in_link import sign_in_link
from settings.config import load_config


def plan_with(tmp_path: Path, environ: dict[str, str]) -> Plan:
    layout = Layout(tmp_path)
    return make_plan(load_identity(layout.env_file), layout, environ=environ)


def test_the_environment_is_one_that_the_product_accepts(tmp_path: Path) -> None:
    config = load_config(plan_with(tmp_path, {}).environ)
    assert config.require_jwt_secret()
    assert config.sandbox_url.startswith("http://127.0.0.1:")
    assert [node.name for node in config.scrapyd_nodes] == [config.node_name]
    assert config.scrapyd_nodes[0].password


def test_stack_json_holds_exactly_what_other_programs_were_promised(tmp_path: Path) -> None:
    description = plan_with(tmp_path, {}).description()
    assert list(description) == [
        *("apiUrl", "email", "password", "mongodbUri", "redisUrl", "scrapydNodes", "sandboxUrl")
    ]


@pytest.mark.parametrize(
    ("process", "variable", "value", "key"),
    [
        ("mongod", "MONGODB_URI", "mongodb://db.example:27017/?replicaSet=a", "mongodbUri"),
        ("redis", "REDIS_URL", "redis://cache.example:6379/2", "redisUrl"),
    ],
)
def test_a_server_of_the_users_own_replaces_the_embedded_one(
    tmp_path: Path, process: str, variable: str, value: str, key: str
) -> None:
    plan = plan_with(tmp_path, {variable: value})
    assert plan.external == {process}
    assert process not in plan.ports
    assert plan.environ[variable] == plan.description()[key] == value


def test_nodes_of_the_users_own_replace_the_embedded_scrapyd(tmp_path: Path) -> None:
    plan = plan_with(tmp_path, {"SCRAPYD_NODES": "http://u:p@one:6800, http://u:p@two:6800"})
    assert plan.external == {"scrapyd"}
    assert plan.scrapyd_nodes == ["http://u:p@one:6800", "http://u:p@two:6800"]


def test_other_settings_of_the_caller_reach_the_processes(tmp_path: Path) -> None:
    plan = plan_with(tmp_path, {"FEED_WINDOW": "17"})
    assert load_config(plan.environ).feed_window == 17


@pytest.mark.parametrize("process", ["scrapyd", "sandbox", "mongod", "redis"])
def test_who_does_not_sign_tokens_does_not_know_the_secret(tmp_path: Path, process: str) -> None:
    plan = plan_with(tmp_path, {})
    secrets = (plan.identity.jwt_secret, plan.identity.operator_token)
    assert not set(secrets) & set(environment_of(process, plan.environ).values())
    assert set(secrets) <= set(environment_of("api", plan.environ).values())


def test_without_a_console_no_link_to_it_is_printed(tmp_path: Path) -> None:
    assert sign_in_link(plan_with(tmp_path, {"CONSOLE": "off"})) is None


def test_where_no_token_can_be_had_the_consoles_address_is_printed(tmp_path: Path) -> None:
    plan = plan_with(tmp_path, {})
    assert sign_in_link(plan) == f"{plan.api_url}/console", "nothing listens there"
