# Sourced by ./quickstart, ./test and .ci/run: what they share. Everything it says goes to standard error.
# shellcheck shell=bash

project_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly project_root

# A fresh account or a container may have no HOME at all.
if [ -z "${HOME:-}" ]; then
    HOME=$(getent passwd "$(id -u)" | cut -d: -f6)
    export HOME=${HOME:-/nonexistent}
fi
# Caches stay inside the project: nothing else on the machine is touched.
export CCACHE_DIR=${CCACHE_DIR:-$project_root/build/ccache}
# Objects are shared between build trees: where a compiler was started from does not matter.
export CCACHE_NOHASHDIR=1
export CCACHE_BASEDIR=${CCACHE_BASEDIR:-$project_root}
# What ccache asks for before it caches a file that uses a precompiled header.
export CCACHE_SLOPPINESS=pch_defines,time_macros
export PIP_CACHE_DIR=${PIP_CACHE_DIR:-$project_root/build/pip-cache}
export PIP_DISABLE_PIP_VERSION_CHECK=1
export PYTHONDONTWRITEBYTECODE=1
# Debian's own interpreter: the one whose headers the package list brings.
system_python=/usr/bin/python3
[ -x "$system_python" ] || system_python=python3

say() { printf '==> %s\n' "$*" >&2; }
fail() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 1; }

# packages_for GROUP...: the names that tools/packages.txt lists for these groups.
packages_for() {
    local groups=" $* " name group rest
    while read -r name group rest; do
        case "$name" in '' | '#'*) continue ;; esac
        case "$groups" in *" $group "*) printf '%s\n' "$name" ;; esac
    done < "$project_root/tools/packages.txt"
}

# ensure_packages GROUP...: installs what is missing, and does not touch the package manager when nothing is.
ensure_packages() {
    local wanted missing=() name
    mapfile -t wanted < <(packages_for "$@")
    if ! command -v dpkg-query > /dev/null; then
        say "This is not Debian: nothing is installed. Needed here: ${wanted[*]}"
        return 0
    fi
    local present
    # One query for the whole list; it complains about names it does not know, which is an answer too.
    present=$(dpkg-query -W -f='${db:Status-Abbrev}${Package}\n' "${wanted[@]}" 2> /dev/null | sed -n 's/^ii *//p') || true
    for name in "${wanted[@]}"; do
        grep -qxF -- "$name" <<< "$present" || missing+=("$name")
    done
    [ ${#missing[@]} -eq 0 ] && return 0

    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo > /dev/null || fail "these packages are missing, and only root may install them: ${missing[*]}"
        as_root=(sudo)
    fi
    say "Installing ${#missing[@]} Debian packages: ${missing[*]}"
    local log="$project_root/build/log/apt.log"
    mkdir -p "$(dirname "$log")"
    "${as_root[@]}" apt-get update -q > "$log" 2>&1 < /dev/null || { tail -n 20 "$log" >&2; fail "apt-get update failed; the whole output is in $log"; }
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" \
        >> "$log" 2>&1 < /dev/null || { tail -n 20 "$log" >&2; fail "the packages could not be installed; the whole output is in $log"; }
}

# logged NAME COMMAND...: runs it with its output in build/log/NAME.log; on failure shows the end of that and returns its code.
logged() {
    local log="$project_root/build/log/$1.log" code=0
    shift
    mkdir -p "$(dirname "$log")"
    "$@" > "$log" 2>&1 < /dev/null || code=$?
    if [ "$code" -ne 0 ]; then
        tail -n 40 "$log" >&2
        say "That failed; the whole output is in $log"
    fi
    return "$code"
}

# build_logged NAME COMMAND...: like `logged`, and says every few seconds how far ninja is.
build_logged() {
    local log="$project_root/build/log/$1.log" code=0 shown="" now
    shift
    mkdir -p "$(dirname "$log")"
    : > "$log"
    "$@" > "$log" 2>&1 < /dev/null &
    local child=$!
    # shellcheck disable=SC2064
    trap "kill $child 2> /dev/null; exit 130" INT TERM
    while kill -0 "$child" 2> /dev/null; do
        now=$(grep -ao '^\[[0-9]*/[0-9]*\]' "$log" | tail -n 1) || true
        if [ -n "$now" ] && [ "$now" != "$shown" ]; then
            if [ -t 2 ]; then printf '\r    %s ' "$now" >&2; elif [ -z "$shown" ] || [ $((SECONDS % 30)) -lt 2 ]; then printf '    %s\n' "$now" >&2; fi
            shown=$now
        fi
        sleep 1
    done
    [ -t 2 ] && [ -n "$shown" ] && printf '\r\033[K' >&2
    trap - INT TERM
    wait "$child" || code=$?
    if [ "$code" -ne 0 ]; then
        grep -aE -A 12 'error:|FAILED|undefined reference' "$log" | head -n 60 >&2 || tail -n 40 "$log" >&2
        say "The build failed; the whole output is in $log"
    fi
    return "$code"
}

# jobs: how many compilers run at once: one a core, and no more than memory allows (about 1 GB each).
build_jobs() {
    local cores memory
    cores=$(nproc 2> /dev/null || echo 2)
    memory=$(awk '/MemAvailable/ {print int($2 / 1000000)}' /proc/meminfo 2> /dev/null || echo 2)
    [ "$memory" -lt 1 ] && memory=1
    if [ "$memory" -lt "$cores" ]; then echo "$memory"; else echo "$cores"; fi
}
