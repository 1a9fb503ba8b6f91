#!/bin/sh
# Prints a Python >= 3.11 that can make virtual environments and load what mongod needs; else one line
# that names the missing Debian package.
set -eu

fail() {
    echo "azscraper: $1" >&2
    exit 1
}

python=""
for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
    if command -v "$candidate" >/dev/null 2>&1 &&
        "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
[ -n "$python" ] || fail "Python 3.11 or newer is missing: install python3"

"$python" -c 'import venv, ensurepip' 2>/dev/null ||
    fail "$python cannot make virtual environments: install python3-venv"

if [ -z "${MONGODB_URI:-}" ] || [ -z "${REDIS_URL:-}" ]; then
    "$python" -c 'import platform, sys; sys.exit(platform.system() + platform.machine() != "Linuxx86_64")' ||
        fail "the servers in wheels run on x86-64 Linux only: set MONGODB_URI and REDIS_URL to servers of your own"
fi

# Only the mongod of the wheel needs these.
if [ -z "${MONGODB_URI:-}" ] && ! command -v mongod >/dev/null 2>&1; then
    "$python" -c 'import ctypes; ctypes.CDLL("libssl.so.3")' 2>/dev/null ||
        fail "mongod needs OpenSSL 3 (libssl.so.3): use Debian 12, Ubuntu 22.04 or newer, or set MONGODB_URI"
    "$python" -c 'import ctypes; ctypes.CDLL("libcurl.so.4")' 2>/dev/null ||
        fail "mongod needs libcurl.so.4: install libcurl4 (or set MONGODB_URI to a server of your own)"
fi

echo "$python"
