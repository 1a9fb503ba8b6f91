"""Nothing outside of the registries asks for a job type, or for the spider of one, by its name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from spiders.types.registry import TYPES

PROJECT = Path(__file__).parents[3]
ROOMS = ("control_api", "deploy", "pipelines", "settings", "spiders", "storage")
REGISTRIES = ("spiders/types/", "control_api/services/jobs/types/")
NAMES = {one.name for one in TYPES} | {one.spider for one in TYPES if one.spider}
# Words that mean other things too, such as the key of a document: these count where they name a kind.
WORDS = {"page", "site", "spider", "offers", "seller"}
KIND_KEYWORDS = {"kind", "type", "spider"}
# What is left, and why it may stay. By file: the names in it.
ALLOWED = {
    # A spider's own name.
    "spiders/amazon/search.py": {"amazon_search"},
    "spiders/amazon/detail.py": {"amazon_detail"},
    "spiders/amazon/bestsellers.py": {"amazon_bestsellers"},
    "spiders/amazon/suggestions.py": {"amazon_suggestions"},
    "spiders/amazon/offers.py": {"amazon_offers"},
    "spiders/amazon/seller.py": {"amazon_seller"},
    "spiders/site/spider.py": {"site"},
    # A migration speaks of the types as they were.
    "storage/base/migrations.py": {"search", "details"},
    # Requests that a client sends.
    "control_api/documentation/newcomers.py": {"search", "details"},
    "deploy/embedded/demo/run.py": {"search", "details"},
    "deploy/embedded/demo/client.py": {"details"},
    # Keys of answers.
    "control_api/http/errors/errors.py": {"details"},
    # What a page of results is called where pages are judged, and where exits are tried.
    "spiders/pages/classify.py": {"search"},
    "spiders/probe/exit_probe.py": {"search"},
    "spiders/probe/findings.py": {"search"},
    # A key of an answer, and what the practice store calls it.
    "spiders/pages/suggestions.py": {"suggestions"},
    # A field of a product.
    "control_api/services/monitors/rules/stored_values.py": {"seller"},
    "control_api/azscraper/monitors/monitor_files.py": {"seller"},
    # A part of a link's path.
    "spiders/sites/bestsellers.py": {"bestsellers"},
    "spiders/pages/sections/catalogue.py": {"bestsellers"},
    "spiders/parsing/byline.py": {"page"},
}


def names_in(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        for constant in _telling(node):
            if isinstance(constant, ast.Constant) and constant.value in NAMES:
                yield constant.value, constant.lineno


def _telling(node: ast.AST) -> Iterator[ast.AST]:
    """Where a constant names a type: for an unmistakable name anywhere."""
    if isinstance(node, ast.Constant) and node.value not in WORDS:
        yield node
    elif isinstance(node, ast.Compare):
        for side in (node.left, *node.comparators):
            yield from _words(side)
    elif (
        isinstance(node, ast.MatchValue)
        or (isinstance(node, ast.keyword) and node.arg in KIND_KEYWORDS)
        or (isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None)
    ):
        yield from _words(node.value)
    elif isinstance(node, ast.Subscript) and getattr(node.value, "id", "") == "Literal":
        yield from _words(node.slice)


def _words(node: ast.AST) -> Iterator[ast.Constant]:
    """The ambiguous words in a value that is one of them, or that holds names of types alone."""
    parts = node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else [node]
    constants = [part for part in parts if isinstance(part, ast.Constant)]
    if all(part.value in NAMES for part in constants):
        yield from (part for part in constants if part.value in WORDS)


def product_files() -> Iterator[Path]:
    for room in ROOMS:
        for path in sorted((PROJECT / room).rglob("*.py")):
            if not str(path.relative_to(PROJECT)).startswith(REGISTRIES):
                yield path


def test_no_module_names_a_type_but_its_own() -> None:
    found: dict[str, set[str]] = {}
    places = []
    for path in product_files():
        name = str(path.relative_to(PROJECT))
        for word, line in names_in(ast.parse(path.read_text(encoding="utf-8"))):
            found.setdefault(name, set()).add(word)
            if word not in ALLOWED.get(name, set()):
                places.append(f"{name}:{line}: {word!r}")
    assert not places
    assert found == ALLOWED, "an exception that nobody needs any more"


@pytest.mark.parametrize(
    "text",
    [
        'if job.kind == "search": pass',
        'if kind in ("page", "spider"): pass',
        'if "spider" != kind: pass',
        'SPIDER_JOB = "spider"',
        'KINDS = ("page", "spider")',
        'PRICES = {"details": 2}',
        'type: Literal["page", "spider"]',
        'insert(kind="page")',
        'match kind:\n  case "spider": pass',
    ],
)
def test_a_name_is_found(text: str) -> None:
    assert list(names_in(ast.parse(text)))


@pytest.mark.parametrize(
    "text", ['document["spider"]', '{"page": 1}', 'labels = ["node", "spider"]', 'f"a page"']
)
def test_another_meaning_of_a_word_is_left_alone(text: str) -> None:
    assert not list(names_in(ast.parse(text)))
