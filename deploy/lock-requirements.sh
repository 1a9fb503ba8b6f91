#!/bin/sh
# Pins requirements.in and requirements/*.in with all their dependencies and the hashes of their files,
# for every Python from 3.11 on. Each file holds only what it adds to the ones before it, so that they
# can be installed together or one after the other.
set -eu

python=${1:?usage: lock-requirements.sh PYTHON}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT INT TERM

"$python" -m venv "$scratch/venv"
"$scratch/venv/bin/pip" --quiet --disable-pip-version-check install uv==0.13.9
: >"$scratch/pinned"
: >"$scratch/earlier.in"
for name in requirements requirements/embedded requirements/deploy requirements/browser requirements/parquet requirements/dev; do
    cat "$name.in" >>"$scratch/earlier.in"
    {
        echo "# Made by \`make lock\` from $name.in: do not edit."
        # shellcheck disable=SC2046 # one option a package that an earlier file pins
        "$scratch/venv/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
            --no-header --no-annotate --constraint "$scratch/pinned" \
            $(sed -n 's/^\([A-Za-z0-9_.-]*\)==.*/--no-emit-package \1/p' "$scratch/pinned") \
            "$scratch/earlier.in"
    } >"$scratch/new.txt"
    sed -n 's/^\([^#[:space:]][^\\]*[^\\[:space:]]\).*/\1/p' "$scratch/new.txt" >>"$scratch/pinned"
    cp "$scratch/new.txt" "$name.txt"
done
