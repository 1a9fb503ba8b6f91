#!/bin/sh
# Pins requirements*.in with all their dependencies. Each file holds only what it adds to the ones
# before it, so that they can be installed together or one by one.
set -eu

python=${1:?usage: lock-requirements.sh PYTHON}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT INT TERM

"$python" -m venv "$scratch/venv"
pip="$scratch/venv/bin/pip --quiet --disable-pip-version-check"
# scrapyd needs setuptools at run time: what the new venv brings must not count as pinned already.
$pip uninstall --yes setuptools
: >"$scratch/pinned"
for name in requirements requirements-embedded requirements-deploy requirements-browser requirements-dev; do
    $pip install --constraint "$scratch/pinned" --requirement "$name.in"
    $pip freeze --all | grep -vE '^(pip|wheel)==' >"$scratch/all"
    {
        echo "# Made by \`make lock\` from $name.in: do not edit."
        # pip freeze forgets the markers: a backport does not install where the real thing is.
        grep -vxFf "$scratch/pinned" "$scratch/all" |
            sed -E 's/^(backports\.zstd==.*)$/\1; python_version < "3.14"/'
    } >"$scratch/$name.txt"
    cp "$scratch/all" "$scratch/pinned"
done
mv "$scratch"/requirements*.txt .
