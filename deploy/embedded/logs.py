"""What the logs say about a failure."""

from pathlib import Path

from deploy.embedded.layout import Layout


def last_lines(path: Path, count: int = 15) -> str:
    if not path.exists():
        return ""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 64 * 1024))
        text = file.read().decode(errors="replace")
    return "\n".join(text.splitlines()[-count:])


def why_it_ended(layout: Layout) -> str:
    """Which process ended first, and the end of its log; honcho writes `NAME stopped (rc=1)`."""
    for line in last_lines(layout.logs / "system.log", 200).splitlines():
        words = line.split()
        if "stopped" in words:
            name = words[words.index("stopped") - 1]
            return f"{name} ended\n{last_lines(layout.logs / f'{name}.log')}"
    logs = (layout.logs / "launcher.log", layout.logs / "api.log")
    return "no process has ended\n" + "\n".join(filter(None, map(last_lines, logs)))


def ends_of_crawl_logs(layout: Layout) -> str:
    """The ends of the logs that tell why a job does not move or what its crawlers met."""
    began = _changed_at(layout.pid_file) if layout.pid_file.exists() else 0.0
    crawlers = (layout.data / "scrapyd" / "logs").glob("*/*/*.log")
    recent = sorted((log for log in crawlers if _changed_at(log) >= began), key=_changed_at)
    # Without a crawler's log scrapyd has to say why there is none.
    logs = [layout.logs / "worker.log", *(recent[-2:] or [layout.logs / "scrapyd.log"])]
    return "\n".join(f"--- {log}\n{last_lines(log, 8)}" for log in logs if log.exists())


def _changed_at(path: Path) -> float:
    return path.stat().st_mtime
