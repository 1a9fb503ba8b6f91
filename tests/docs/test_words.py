"""docs/glossary.md: its modules exist, and no module of ours uses a word that it bans."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GLOSSARY = ROOT / "docs" / "glossary.md"
ROW = re.compile(r"^\| \*\*(.+?)\*\* \| (.+) \| (.+) \|$", re.MULTILINE)

# What stands in the last table of the glossary, as it would stand in code.
BANNED = {
    "MAX_ is the word": r"(?<![A-Za-z])_?(MOST|LONGEST|LARGEST|HIGHEST|BIGGEST)_[A-Z]|^_?(MOST|LONGEST|LARGEST|HIGHEST|BIGGEST) =",
    "MIN_ is the word": r"(?<![A-Za-z])_?(FEWEST|SHORTEST|LEAST|SMALLEST|LOWEST)_[A-Z]",
    "the original API": r"as the seed\b(?! says beside)|\bthe seed's (own|example|answer|shape)|seed_examples|\| seed \||\(seed\) marks",
    "RunOutcome": r"\bLastWord\b",
    "Failure": r"\b(TargetFailure|LastError)\b",
    "StorageAway": r"\bStorageUnavailable\b",
    "NodeStatus": r"\bCrew\b",
    "UnchangedFor": r"\bSilence\b",
    "FairQueue": r"\bclass Turns\b|\bTurns\(",
    "wiring": r"\bcontrol_api\.bootstrap\b|\bworker\.bootstrap\b",
}
BANNED_MODULES = re.compile(r"(^|_)(helpers?|utils?|common|misc)(_|$)")


def files(*endings: str) -> list[Path]:
    told = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *endings],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    found = [ROOT / name for name in told.stdout.splitlines()]
    return [path for path in found if path.is_file() and path not in (GLOSSARY, Path(__file__))]


def test_every_word_says_what_it_means_and_where_it_is() -> None:
    rows = ROW.findall(GLOSSARY.read_text())
    assert len(rows) >= 25
    for word, meaning, places in rows:
        assert len(meaning) > 10, word
        modules = re.findall(r"`([^`]+)`", places)
        assert modules, word
        assert [name for name in modules if not (ROOT / name).is_file()] == [], word


def test_words_are_named_once() -> None:
    words = [word for word, _, _ in ROW.findall(GLOSSARY.read_text())]
    assert len(words) == len(set(words))


@pytest.fixture(scope="module")
def texts() -> dict[Path, str]:
    # The tests there quote the contract word for word.
    quoting = ROOT / "tests" / "control_api" / "contract"
    every = files("*.py", "*.md", "*.lua")
    return {path: path.read_text() for path in every if quoting not in path.parents}


@pytest.mark.parametrize("instead", BANNED)
def test_no_module_uses_a_banned_word(texts: dict[Path, str], instead: str) -> None:
    banned = re.compile(BANNED[instead], re.MULTILINE)
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path, text in texts.items()
        if banned.search(text)
        for number, line in enumerate(text.splitlines(), start=1)
        if banned.search(line)
    ]
    assert found == [], f"docs/glossary.md: {instead}"


def test_every_module_is_named_for_what_it_does() -> None:
    names = [path for path in files("*.py") if BANNED_MODULES.search(path.stem)]
    assert names == []
