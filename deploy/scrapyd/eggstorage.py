"""scrapyd's `eggstorage` by the rules of eggs.py: its own sorts labels as words and changes them."""

from pathlib import Path
from typing import BinaryIO

from scrapyd.eggstorage import FilesystemEggStorage

from deploy.scrapyd.eggs import add_egg, egg_path, labels


class EggStorage(FilesystemEggStorage):
    def put(self, eggfile: BinaryIO, project: str, version: str) -> None:
        add_egg(self._folder(project), version, eggfile.read())

    def list(self, project: str) -> list[str]:
        return labels(self._folder(project))

    def _egg_path(self, project: str, version: str) -> str:
        return str(egg_path(self._folder(project), version))

    def _folder(self, project: str) -> Path:
        # It refuses a project that leads out of the eggs' folder.
        return Path(self._get_path(project))
