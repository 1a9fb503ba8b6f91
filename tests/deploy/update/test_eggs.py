from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from deploy.embedded.layout import PROJECT_ROOT
from deploy.scrapyd.eggs import Egg, EggError, add_egg, find_egg, labels, takes_eggs
from deploy.update.build import build_egg


def zipped(**files: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as egg:
        for name, text in files.items():
            egg.writestr(name, text)
    return content.getvalue()


def test_the_newest_is_the_one_that_came_last_whatever_it_is_called(tmp_path: Path) -> None:
    for label in ("v9", "v10", "0.1.0-3-gabc", "0aa"):
        add_egg(tmp_path, label, zipped(code=label))
    assert labels(tmp_path) == ["v9", "v10", "0.1.0-3-gabc", "0aa"]
    found = find_egg(tmp_path)
    assert found is not None
    assert found.label == "0aa"


def test_an_egg_that_comes_again_is_the_newest_and_is_not_written_again(tmp_path: Path) -> None:
    for label in ("one", "two"):
        add_egg(tmp_path, label, zipped(code=label))
    before = (tmp_path / "one.egg").stat().st_ino
    add_egg(tmp_path, "one", zipped(code="one"))
    assert labels(tmp_path) == ["two", "one"]
    assert (tmp_path / "one.egg").stat().st_ino == before


def test_a_label_stands_for_one_code_for_ever(tmp_path: Path) -> None:
    add_egg(tmp_path, "one", zipped(code="a"))
    with pytest.raises(EggError, match="one is here already, with other code"):
        add_egg(tmp_path, "one", zipped(code="b"))
    assert zipfile.ZipFile(tmp_path / "one.egg").read("code") == b"a"


@pytest.mark.parametrize("label", ["", ".", "..", "../one", "a/b", "a b", "-x", "a\n", "x" * 101])
def test_a_label_that_could_be_a_path_is_none(tmp_path: Path, label: str) -> None:
    with pytest.raises(EggError, match="is no label"):
        add_egg(tmp_path, label, zipped(code=""))
    assert list(tmp_path.iterdir()) == []


def test_an_egg_that_is_not_there_is_an_error_and_no_other_one(tmp_path: Path) -> None:
    assert find_egg(tmp_path / "none") is None
    add_egg(tmp_path, "one", zipped(code=""))
    with pytest.raises(EggError, match="no egg two"):
        find_egg(tmp_path, "two")


@pytest.mark.parametrize(
    ("text", "expected"), [("1", True), ("On", True), ("0", False), ("", False)]
)
def test_only_a_word_that_says_so_lets_eggs_in(text: str, expected: bool) -> None:
    assert takes_eggs({"TAKES_EGGS": text}) is expected
    assert takes_eggs({}) is False


def test_a_zip_without_settings_is_no_egg(tmp_path: Path) -> None:
    path = tmp_path / "one.egg"
    path.write_bytes(zipped(code=""))
    with pytest.raises(EggError, match="no entry point"):
        Egg("one", path).environment({})


def test_the_egg_holds_what_crawls_and_nothing_of_the_api(egg: bytes) -> None:
    names = zipfile.ZipFile(io.BytesIO(egg)).namelist()
    assert {name.partition("/")[0] for name in names} == {
        *("settings", "storage", "spiders", "pipelines", "EGG-INFO")
    }
    scripts = {
        f"storage/queue/scripts/{path.name}"
        for path in PROJECT_ROOT.glob("storage/queue/scripts/*.lua")
    }
    assert scripts
    assert scripts <= set(names)


def test_the_same_sources_make_the_same_egg_and_leave_no_trace(
    copied_project: Path, tmp_path: Path
) -> None:
    before = sorted(path.name for path in copied_project.iterdir())
    eggs = tmp_path / "eggs"
    for _ in range(2):
        add_egg(eggs, "one", build_egg(copied_project))
    assert labels(eggs) == ["one"]
    assert sorted(path.name for path in copied_project.iterdir()) == before


def test_code_of_the_folder_it_runs_in_does_not_go_before_the_eggs(
    egg: bytes, tmp_path: Path
) -> None:
    (tmp_path / "spiders").mkdir()
    (tmp_path / "spiders" / "__init__.py").write_text("raise SystemExit('the wrong spiders')")
    add_egg(tmp_path, "one", egg)
    found = find_egg(tmp_path)
    assert found is not None
    environ = found.environment({"PYTHONPATH": str(tmp_path)})
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "list"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], **environ},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "amazon_search" in done.stdout.split()
