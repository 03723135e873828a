#!/usr/bin/env bash
# A Chromium for the page tests, and Chinese fonts for the pictures.
#
#   tools/setup_chromium.sh --find   print the path of one that runs; exit 1 with one line if none
#   tools/setup_chromium.sh          the same, but as root install what is missing from Debian
set -euo pipefail

find_chromium() {
    local name
    for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome-stable google-chrome; do
        # Asked for its version, because Ubuntu's chromium-browser is a stub without snap.
        if [[ -n "$name" ]] && command -v "$name" >/dev/null && "$name" --version >/dev/null 2>&1; then
            command -v "$name"
            return 0
        fi
    done
    return 1
}

has_chinese_font() {
    command -v fc-list >/dev/null && [[ -n "$(fc-list :lang=zh family 2>/dev/null | head -n 1)" ]]
}

missing() {
    find_chromium >/dev/null || echo chromium
    has_chinese_font || echo fonts-noto-cjk
}

if [[ "${1:-}" != --find && -n "$(missing)" && "$(id -u)" == 0 ]] && command -v apt-get >/dev/null; then
    log="$(mktemp)"
    echo "Installing $(missing | xargs) …" >&2
    # shellcheck disable=SC2046  # one word each
    if ! { apt-get update -qq &&
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
            $(missing) fontconfig; } </dev/null >"$log" 2>&1; then
        tail -n 5 "$log" >&2
    fi
    rm -f "$log"
fi

if ! find_chromium; then
    echo "no Chromium here: as root run 'apt-get install chromium', or set CHROMIUM to its path" >&2
    exit 1
fi
if ! has_chinese_font; then
    echo "no Chinese font here, pictures show boxes: as root run 'apt-get install fonts-noto-cjk'" >&2
    [[ "${CI:-}" != true ]] || exit 1
fi
