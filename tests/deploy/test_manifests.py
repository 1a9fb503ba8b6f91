"""compose.yaml and the Kubernetes manifests: they parse, hang together, and start what the tests start."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.embedded.layout import PROJECT_ROOT
from settings.config import load_config

DEPLOY = PROJECT_ROOT / "deploy"
SECRETS = {
    "JWT_SECRET": "0123456789abcdef" * 4,
    "SCRAPYD_PASSWORD": "a-password",
    "REDIS_PASSWORD": "another",
}
API = "granian --interface wsgi --host 0.0.0.0 --port 8000 --workers 2 --blocking-threads 4"
COMMANDS = {
    "api": f"{API} control_api.wsgi:app",
    "worker": "python -m control_api.worker",
    "node": "sh deploy/scrapyd/start-node.sh",
}


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return found


def manifests() -> list[dict[str, Any]]:
    texts = [path.read_text() for path in sorted((DEPLOY / "k8s").glob("*.yaml"))]
    return [document for text in texts for document in yaml.safe_load_all(text)]


def containers() -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """Part -> (workload, its container)."""
    workloads = [one for one in manifests() if one["kind"] in ("Deployment", "StatefulSet")]
    return {
        one["spec"]["template"]["metadata"]["labels"]["part"]: (
            one,
            one["spec"]["template"]["spec"]["containers"][0],
        )
        for one in workloads
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
    scrapyd = "exec twistd --nodaemon --pidfile= --python deploy/embedded/scrapyd_app.py"
    assert scrapyd in procfile
    assert scrapyd in node
    assert "exec python -m control_api.worker" in procfile


def test_nodes_beat_under_the_names_that_the_service_knows() -> None:
    services = compose()["services"]
    variables = {
        name: str(value)
        .replace("${SCRAPYD_PASSWORD:?set SCRAPYD_PASSWORD}", "p")
        .replace("${SCRAPYD_PASSWORD}", "p")
        for name, value in services["worker"]["environment"].items()
        if name == "SCRAPYD_NODES"
    }
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


def test_what_the_image_copies_is_there() -> None:
    lines = (DEPLOY / "Dockerfile").read_text().splitlines()
    sources = [line.split()[1] for line in lines if line.startswith("COPY")]
    assert {"settings", "storage", "spiders", "pipelines", "control_api", "deploy"} <= set(sources)
    for source in sources:
        assert (PROJECT_ROOT / source).exists(), source


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
