import os
from pathlib import Path

import pytest

from deploy.embedded.layout import Layout
from deploy.embedded.logs import ends_of_crawl_logs, last_lines, why_it_ended


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    layout = Layout(tmp_path)
    layout.make_folders()
    return layout


def test_the_last_lines_of_a_log_larger_than_what_is_read(tmp_path: Path) -> None:
    log = tmp_path / "big.log"
    log.write_text("".join(f"line {number}\n" for number in range(50_000)))
    assert last_lines(log, 2) == "line 49998\nline 49999"
    assert last_lines(tmp_path / "none.log") == ""


def test_the_process_that_ended_first_is_named_with_its_log(layout: Layout) -> None:
    (layout.logs / "system.log").write_text(
        "t worker started (pid=1)\nt api stopped (rc=1)\nt worker stopped (rc=0)\n"
    )
    (layout.logs / "api.log").write_text("no module named flask\n")
    assert why_it_ended(layout) == "api ended\nno module named flask"


def test_crawlers_of_an_earlier_start_say_nothing_about_this_one(layout: Layout) -> None:
    folder = layout.data / "scrapyd" / "logs" / "azscraper" / "amazon_search"
    folder.mkdir(parents=True)
    for name, age in (("old-one", 1_000), ("now", 3_000)):
        (folder / f"{name}.log").write_text(f"crawler of {name}\n")
        os.utime(folder / f"{name}.log", (age, age))
    layout.pid_file.write_text("1")
    os.utime(layout.pid_file, (2_000, 2_000))
    (layout.logs / "scrapyd.log").write_text("cannot spawn\n")
    text = ends_of_crawl_logs(layout)
    assert "crawler of now" in text
    assert "crawler of old-one" not in text
    (folder / "now.log").unlink()
    assert "cannot spawn" in ends_of_crawl_logs(layout)
