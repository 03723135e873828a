#!/usr/bin/env bash
# Pin every package, with hashes and without a single address, for every platform and Python.
#
#   make lock             take the newest releases that pyproject.toml allows
#   make lock KEEP=1      keep the pins that still fit, only add or drop what changed
#
# uv.lock is never used: it records the address of the index it was made with.
set -euo pipefail
cd "$(dirname "$0")/.."

upgrade=--upgrade
[[ -n "${KEEP:-}" ]] && upgrade=

compile() { # compile OUT [option…]
    local out="$1"
    shift
    .venv/bin/uv pip compile pyproject.toml "$@" $upgrade \
        --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-header --no-annotate --quiet \
        --output-file "$out" >/dev/null
}

# The tests run on the very files that a user installs, so dev.txt comes first and binds run.txt.
compile requirements/dev.txt --extra build --extra dev
compile requirements/run.txt --extra build --constraint requirements/dev.txt

if grep -nE '://|^--(extra-)?index-url|^--find-links|file:| @ ' requirements/*.txt; then
    echo "lock: an address got into the locks (see above)" >&2
    exit 1
fi
grep -c '==' requirements/run.txt requirements/dev.txt
