"""compose.yaml and the Kubernetes manifests: they parse, hang together, and start what the tests start."""

from __future__ import annotations

import copy
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from compose_spec import PyCompose

from deploy.embedded.layout import PROJECT_ROOT
from settings.config import load_config
from tests.deploy.manifests import (
    DEPLOY,
    SECRETS,
    compose,
    containers,
    copied_into_the_image,
    manifests,
)

# Three minor versions are supported at a time; clusters lag behind.
KUBERNETES_VERSIONS = ("1.30", kubernetes_validate.latest_version())
API = "granian --interface asgi --host 0.0.0.0 --port 8000 --workers 2 --workers-kill-timeout 8"
COMMANDS = {
    "api": f"{API} control_api.asgi:app",
    "worker": "python -m control_api.worker",
    "node": "sh deploy/scrapyd/start-node.sh",
}


def test_the_same_commands_start_the_parts_everywhere() -> None:
    services = compose()["services"]
    for name in ("api", "worker", "node1", "node2"):
        assert " ".join(services[name]["command"]) == COMMANDS[name.rstrip("12")]
    for part, (_, container) in containers().items():
        assert " ".join(container["args"]) == COMMANDS[part]
    # The launcher's own, with other addresses.
    procfile = (PROJECT_ROOT / "Procfile").read_text()
    node = (DEPLOY / "scrapyd" / "start-node.sh").read_text()
    scrapyd = "exec twistd --nodaemon --pidfile= --python deploy/scrapyd/scrapyd_app.py"
    assert scrapyd in procfile
    assert scrapyd in node
    assert "exec python -m control_api.worker" in procfile


def test_nodes_beat_under_the_names_that_the_service_knows() -> None:
    services = compose()["services"]
    variables = {"SCRAPYD_NODES": services["worker"]["environment"]["SCRAPYD_NODES"]}
    known = {node.name for node in load_config(variables).scrapyd_nodes}
    assert known == {services[name]["environment"]["NODE_NAME"] for name in ("node1", "node2")}
    (secret,) = [one for one in manifests() if one["kind"] == "Secret"]
    listed = load_config({"SCRAPYD_NODES": secret["stringData"]["SCRAPYD_NODES"]}).scrapyd_nodes
    workload, _ = containers()["node"]
    assert [node.name for node in listed] == [
        f"node-{number}.{workload['spec']['serviceName']}:6800"
        for number in range(workload["spec"]["replicas"])
    ]


def test_nodes_do_not_get_the_apis_secrets() -> None:
    services = compose()["services"]
    for name in ("node1", "node2"):
        assert not {"JWT_SECRET", "OPERATOR_TOKEN", "SCRAPYD_NODES"} & set(
            services[name]["environment"]
        )
        assert "ports" not in services[name]
    _, node = containers()["node"]
    assert "envFrom" not in node


def test_every_part_has_limits_and_no_rights_that_it_does_not_need() -> None:
    for part, (workload, container) in containers().items():
        pod = workload["spec"]["template"]["spec"]
        assert pod["securityContext"]["runAsNonRoot"] is True, part
        assert pod["automountServiceAccountToken"] is False, part
        assert container["resources"]["limits"]["memory"], part
        assert container["securityContext"]["allowPrivilegeEscalation"] is False, part
    for part, probes in {"api": ("/health", "/health/live"), "node": (None, None)}.items():
        _, container = containers()[part]
        for name, path in zip(("readinessProbe", "livenessProbe"), probes, strict=True):
            assert container[name].get("httpGet", {}).get("path") == path


def test_every_service_of_compose_has_limits_and_no_secret_of_its_own() -> None:
    services = compose()["services"]
    for name in ("api", "worker", "node1", "node2"):
        assert services[name]["mem_limit"], name
    text = (DEPLOY / "compose.yaml").read_text()
    for name in SECRETS:
        # Without it `docker compose` stops with a word, and takes no default.
        assert f"${{{name}:?" in text


def test_what_the_image_copies_is_there_and_is_not_ignored() -> None:
    sources = copied_into_the_image()
    assert {"settings", "storage", "spiders", "pipelines", "control_api", "deploy"} <= set(sources)
    allowed = (PROJECT_ROOT / ".dockerignore").read_text().splitlines()
    assert allowed[0] == "*"
    for source in sources:
        assert (PROJECT_ROOT / source).exists(), source
        assert f"!{source}" in allowed, source


@pytest.mark.parametrize("version", KUBERNETES_VERSIONS)
def test_kubernetes_knows_every_field_of_the_manifests(version: str) -> None:
    for manifest in manifests():
        kubernetes_validate.validate(manifest, version, strict=True)


def test_a_misspelt_field_of_a_manifest_would_be_found() -> None:
    manifest = copy.deepcopy(containers()["node"][0])
    container = manifest["spec"]["template"]["spec"]["containers"][0]
    container["readinesProbe"] = container.pop("readinessProbe")
    with pytest.raises(kubernetes_validate.ValidationError, match="readinesProbe"):
        kubernetes_validate.validate(manifest, KUBERNETES_VERSIONS[-1], strict=True)


def test_kubectl_reads_them() -> None:
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        pytest.skip("no kubectl on this machine")
    # `apply --dry-run=client` would ask a cluster what kinds there are; `label --local` asks nobody.
    words = ["label", "--local", "--dry-run=client", "--output=name", "checked=yes"]
    done = subprocess.run(
        [kubectl, *words, f"--filename={DEPLOY / 'k8s'}"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == len(manifests())


def test_compose_yaml_follows_the_compose_specification() -> None:
    # Rendered without its anchors: every key is checked, and every name that must lead somewhere.
    PyCompose.from_yaml(yaml.safe_dump(compose())).validate()


def test_a_misspelt_key_of_compose_yaml_would_be_found() -> None:
    services: dict[str, Any] = compose()
    services["services"]["api"]["mem_limits"] = "1g"
    with pytest.raises(ValueError, match="mem_limits"):
        PyCompose.from_yaml(yaml.safe_dump(services))


def test_docker_compose_reads_it() -> None:
    docker = shutil.which("docker")
    has_compose = docker and subprocess.run([docker, "compose", "version"], capture_output=True)
    if not has_compose or has_compose.returncode != 0:
        pytest.skip("no docker compose on this machine")
    done = subprocess.run(
        [str(docker), "compose", "--file", str(DEPLOY / "compose.yaml"), "config", "--quiet"],
        env={**os.environ, **SECRETS},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_a_node_does_not_start_without_its_password(tmp_path: Path) -> None:
    environ = {
        "PATH": os.environ["PATH"],
        "MONGODB_URI": "mongodb://127.0.0.1:1/",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "SCRAPYD_USERNAME": "azscraper",
        "NODE_NAME": "127.0.0.1:6800",
        "STACK_DATA": str(tmp_path),
    }
    done = subprocess.run(
        ["sh", "deploy/scrapyd/start-node.sh"],
        cwd=PROJECT_ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert done.returncode != 0
    assert "SCRAPYD_PASSWORD" in done.stderr
