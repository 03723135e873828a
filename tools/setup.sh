#!/usr/bin/env bash
# Set up .venv with the locked packages: `bash tools/setup.sh run` for the product,
# `… dev` for the product and everything that its checks and tests need.
#
# Needs Python 3.11 or later, and nothing else of Debian: neither python3-venv nor python3-pip,
# because pip itself lies in tools/bootstrap. A second call only compares a stamp.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

mode="${1:-run}"
pip_wheel="tools/bootstrap/pip-26.3-py3-none-any.whl"
pip_sha256="f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"
python=".venv/bin/python"

say() { printf '%s\n' "$*" >&2; }
fail() {
    say "setup: $*"
    exit 1
}

is_new_enough() {
    "$1" -c 'import sys; raise SystemExit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    local name
    for name in "${PYTHON:-}" python3 python3.11 python3.12 python3.13 python3.14 python; do
        if [[ -n "$name" ]] && command -v "$name" >/dev/null && is_new_enough "$name"; then
            command -v "$name"
            return
        fi
    done
    fail "Python 3.11 or later is needed (Debian 12, Ubuntu 24.04: apt install python3)," \
        "or name one: make run PYTHON=/path/to/python3"
}

# The packages of a stamp are those of the locks, for this Python, in this folder: a copied
# or moved clone sets itself up anew, because the scripts of a virtual environment name its path.
wanted() {
    {
        pwd
        cat "requirements/$1.txt" tools/setup.sh
        sed '/^# --* lint$/,$d' pyproject.toml # how it is linted and tested installs nothing
    } | sha256sum | cut -c1-32
}

is_ready() {
    local stamp
    [[ -x "$python" && -x .venv/bin/lianfang ]] || return 1
    stamp="$(cat ".venv/.ready-$1" 2>/dev/null || true)"
    [[ "$stamp" == "$(wanted "$1")" ]]
}

make_environment() {
    local base="$1"
    "$base" -m venv --without-pip --clear .venv 2>/dev/null ||
        fail "$base cannot make a virtual environment (its standard library has no venv module);" \
            "install the package python3-venv, or name another Python: make run PYTHON=…"
    echo "$pip_sha256  $pip_wheel" | sha256sum --check --quiet ||
        fail "$pip_wheel is not the file that it should be; check out the project again"
    "$python" "$pip_wheel/pip" --no-cache-dir install --quiet --disable-pip-version-check \
        --no-index --no-deps "$pip_wheel" 2> >(grep -v 'find-links' >&2 || true)
    pwd > .venv/.place
}

pip() {
    # A note about a folder of wheels that pip's own configuration names says nothing here.
    "$python" -m pip --disable-pip-version-check "$@" --quiet 2> >(grep -v '^WARNING: Location ' >&2 || true)
}

install_packages() {
    pip install --require-hashes --requirement "requirements/$mode.txt" || fail \
        "the locked packages could not be installed (the lines above say why);" \
        "pip needs a package index: through a proxy or a mirror, set it in pip's own configuration"
    pip install --no-deps --no-build-isolation --no-index --editable .
}

# Two calls at once take turns: the lock lies on this script and ends with it.
exec 9<tools/setup.sh
flock 9 2>/dev/null || true

if ! is_ready "$mode" && ! { [[ "$mode" == run ]] && is_ready dev; }; then
    if [[ ! -x "$python" ]] || ! is_new_enough "$python" || ! "$python" -m pip --version >/dev/null 2>&1 ||
        { [[ -e .venv/.place ]] && [[ "$(cat .venv/.place)" != "$(pwd)" ]]; }; then
        base="$(find_python)"
        say "Setting up .venv with $("$base" --version) …"
        make_environment "$base"
    fi
    say "Installing the locked packages of requirements/$mode.txt (once; a minute or two) …"
    rm -f .venv/.ready-*
    install_packages
    wanted "$mode" > ".venv/.ready-$mode"
fi

# Catalogues: compile what is newer than its compiled form.
for catalogue in locale/*/LC_MESSAGES/django.po; do
    if [[ -e "$catalogue" && ! "${catalogue%.po}.mo" -nt "$catalogue" ]]; then
        "$python" tools/messages.py --compile
        break
    fi
done
