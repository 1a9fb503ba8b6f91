#!/bin/sh
# Compiles all of the product on each Python from 3.11 on that this machine has, warnings as errors, and
# says which those were. `make test` runs on the Python of ./.venv; where the machine has a newer one, the
# tests that start no stack run on the newest here, in a virtual environment of its own. `compile`: no tests.
set -eu
cd "$(dirname "$0")/.."

VERSIONS="3.11 3.12 3.13 3.14"
VENV=${VENV:-.venv}
# No node, no crawler process, no browser: minutes, not half an hour.
TESTS="tests/settings tests/storage tests/spiders tests/pipelines tests/sandbox tests/control_api/services tests/control_api/http"
SOURCES="settings storage spiders pipelines control_api deploy sandbox bench tests"

# A command of that name may be pyenv's, which finds nothing where no version is chosen.
find_python() {
    for candidate in "python$1" "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"$1".*/bin/python; do
        if "$candidate" -c '' >/dev/null 2>&1; then
            echo "$candidate"
            return
        fi
    done
}

compiled=""
missing=""
newest=""
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for version in $VERSIONS; do
    python=$(find_python "$version")
    if [ -z "$python" ]; then
        missing="$missing $version"
        continue
    fi
    # Outside of the tree: another Python's byte code must not lie in it.
    # shellcheck disable=SC2086
    PYTHONPYCACHEPREFIX=$folder/$version "$python" -W error -m compileall -q $SOURCES
    compiled="$compiled $version"
    newest=$version newest_python=$python
done

echo "Compiled on Python:$compiled"
[ -z "$missing" ] || echo "Not on this machine:$missing"

[ "${1:-}" != compile ] || exit 0

tested=$("$VENV/bin/python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
if [ -z "$newest" ] || [ "$newest" = "$tested" ]; then
    echo "The newest is that of $VENV, on which all tests run."
    exit
fi
echo "Testing on Python $newest"
PYTHON=$newest_python "${MAKE:-make}" --no-print-directory VENV="$VENV-$newest" test ARGS="$TESTS"
