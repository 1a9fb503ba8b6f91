"""Which node is meant, and how it knows us."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from deploy.update.errors import UsageError
from settings.config import ConfigError, ScrapydNode, load_config

_USAGE = "NODE must be like http://user:password@10.0.0.5:6800"


def node_from_environment(environ: Mapping[str, str]) -> ScrapydNode:
    """NODE, as it would stand in SCRAPYD_NODES; the credentials may stand beside it instead."""
    text = environ.get("NODE", "").strip()
    if not text:
        raise UsageError(f"NODE is not set. {_USAGE}")
    try:
        (node,) = load_config({"SCRAPYD_NODES": text}).scrapyd_nodes
        parts = urlsplit(text)
        is_whole = parts.port != 0 and parts.path in ("", "/") and not parts.query
    # Never with the value: it may hold the password.
    except ConfigError as error:
        # Its words hold no password, and say how to write one.
        is_said = "," in text or "must be encoded" in str(error) or "white space" in str(error)
        told = str(error).replace("SCRAPYD_NODES", "NODE")
        raise UsageError(told if is_said else _USAGE) from None
    except ValueError:
        raise UsageError(_USAGE) from None
    if not is_whole or parts.fragment:
        raise UsageError(_USAGE)
    node = replace(
        node,
        username=node.username or environ.get("SCRAPYD_USERNAME", ""),
        password=node.password or environ.get("SCRAPYD_PASSWORD", ""),
    )
    if not (node.username and node.password):
        raise UsageError(
            f"no user name and password for {node.name}: in NODE, or SCRAPYD_USERNAME and SCRAPYD_PASSWORD"
        )
    return node
