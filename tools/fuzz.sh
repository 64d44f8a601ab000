#!/usr/bin/env bash
# tools/fuzz.sh SECONDS RESULTS: builds the fuzz targets and shares SECONDS out among them, each with the golden files as seeds.
set -uo pipefail
# shellcheck source=tools/setup.sh
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

seconds=$1 results=$2 build="$project_root/build/fuzz" code=0
mkdir -p "$results"
if [ ! -f "$build/build.ninja" ]; then
    logged fuzz-configure cmake --preset fuzz -S "$project_root" -DCMAKE_CXX_COMPILER_LAUNCHER=ccache || { rm -rf "$build"; exit 1; }
fi
build_logged fuzz-build ninja -C "$build" -j "$(build_jobs)" fuzzers || exit 1
mapfile -t targets < "$build/fuzzers.txt"
[ ${#targets[@]} -gt 0 ] || { say "There is no fuzz target"; exit 1; }
each=$((seconds / ${#targets[@]}))
[ "$each" -lt 1 ] && each=1

for line in "${targets[@]}"; do
    program=${line%%|*} seeds=${line#*|} name=$(basename "${line%%|*}")
    corpus="$build/corpus/$name" log="$project_root/build/log/$name.log"
    mkdir -p "$corpus" "$build/artifacts"
    # The seeds are the golden files, flattened: libFuzzer reads folders of inputs.
    if [ -n "$seeds" ]; then
        find "$project_root/$seeds" -type f -size -256k 2> /dev/null | while read -r file; do
            cp "$file" "$corpus/$(printf '%s' "$file" | sha256sum | cut -c1-16)"
        done
    fi
    if timeout --kill-after=10 $((each + 120)) "$program" -max_total_time="$each" -timeout=20 -rss_limit_mb=2048 -max_len=65536 \
        -artifact_prefix="$build/artifacts/" "$corpus" > "$log" 2>&1; then
        say "$name: $(grep -a '^Done' "$log" || tail -n 1 "$log")"
        outcome=""
    else
        code=1
        grep -aE '^==|SUMMARY|Test unit written|ERROR' "$log" | head -n 20 >&2
        say "$name failed; the whole output is in $log"
        outcome='<failure message="crash, leak or time-out"/>'
    fi
    printf '<testsuite><testcase classname="fuzz" name="%s">%s</testcase></testsuite>\n' "$name" "$outcome" > "$results/$name.xml"
done
exit "$code"
