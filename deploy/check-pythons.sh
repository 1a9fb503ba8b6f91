#!/bin/sh
# Compiles all of the product on each Python from 3.11 on that this machine has, warnings as errors, and
# says which those were. The tests run on the Python of ./.venv alone.
set -eu
cd "$(dirname "$0")/.."

VERSIONS="3.11 3.12 3.13 3.14"
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
done

echo "Compiled on Python:$compiled"
[ -z "$missing" ] || echo "Not on this machine:$missing"
