"""Where the stack keeps its things. Nothing is written outside the data folder."""

from dataclasses import dataclass
from pathlib import Path

PROJECT_ROOT = Path(__file__).resolve().parents[2]
DEFAULT_DATA = PROJECT_ROOT / ".data"


@dataclass(frozen=True, slots=True)
class Layout:
    """The data folder of one stack; its path is also the mark that its processes carry."""

    data: Path

    @property
    def mark(self) -> str:
        return str(self.data)

    @property
    def env_file(self) -> Path:
        return self.data / "stack.env"

    @property
    def stack_json(self) -> Path:
        return self.data / "stack.json"

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def metrics(self) -> Path:
        """What the API's processes have counted; it outlives them."""
        return self.data / "metrics"

    @property
    def demo(self) -> Path:
        return self.data / "demo"

    @property
    def lock(self) -> Path:
        return self.data / "run" / "lock"

    @property
    def pid_file(self) -> Path:
        return self.data / "run" / "launcher.pid"

    @property
    def stores_ready(self) -> Path:
        """Its presence lets the processes start that need MongoDB and Redis."""
        return self.data / "run" / "stores-ready"

    @property
    def ready(self) -> Path:
        return self.data / "run" / "ready"

    def make_folders(self) -> None:
        # Passwords and other people's rows lie here: nobody else on the machine may look in.
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in ("logs", "run", "mongod", "redis", "scrapyd"):
            (self.data / name).mkdir(mode=0o700, exist_ok=True)


def write_private(path: Path, text: str) -> None:
    """Replace `path` in one step; the new file is readable by its owner alone from the start."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(text)
    draft.replace(path)
