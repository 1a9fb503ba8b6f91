"""What stands in the Dockerfile, compose.yaml and the Kubernetes manifests."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

from deploy.embedded.layout import PROJECT_ROOT

DEPLOY = PROJECT_ROOT / "deploy"
SECRETS = {
    "JWT_SECRET": "0123456789abcdef" * 4,
    "SCRAPYD_PASSWORD": "a-password",
    "REDIS_PASSWORD": "another",
}
_VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::(?P<kind>[-?])(?P<rest>[^}]*))?\}")


def compose(variables: Mapping[str, str] = SECRETS) -> dict[str, Any]:
    """compose.yaml as Docker reads it with these variables set."""

    def value(match: re.Match[str]) -> str:
        name, rest = match["name"], match["rest"] if match["kind"] == "-" else None
        found = variables.get(name, rest)
        assert found is not None, f"{name} is not set"
        return found

    # As Docker does: values alone, and after the YAML is read.
    def filled(found: Any) -> Any:
        if isinstance(found, dict):
            return {key: filled(one) for key, one in found.items()}
        if isinstance(found, list):
            return [filled(one) for one in found]
        return _VARIABLE.sub(value, found) if isinstance(found, str) else found

    whole: dict[str, Any] = filled(yaml.safe_load((DEPLOY / "compose.yaml").read_text()))
    return whole


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


def copied_into_the_image() -> list[str]:
    lines = (DEPLOY / "Dockerfile").read_text().splitlines()
    return [source for line in lines if line.startswith("COPY") for source in line.split()[1:-1]]
