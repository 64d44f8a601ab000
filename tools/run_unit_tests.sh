#!/usr/bin/env bash
# tools/run_unit_tests.sh BUILD RESULTS: runs each unit test program of a build tree whole, one after the other, and leaves
# one result file each in RESULTS. A whole program at a time, because starting one under a sanitizer is the slow part.
set -uo pipefail
# shellcheck source=tools/setup.sh
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

build=$1 results=$2 code=0
rm -rf "$results"
mkdir -p "$results" "$project_root/build/log"
export HOME="$project_root/build/test-home" CORTEX_HOME="$project_root/build/test-home/.cortex"
export CORTEX_EMULATOR="$project_root/build/dev/bin/cortex-emulator"
export ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1
export UBSAN_OPTIONS=print_stacktrace=1
export TSAN_OPTIONS=halt_on_error=0:second_deadlock_stack=1
for variable in $(compgen -e | grep -E '^(ANTHROPIC|AWS|GOOGLE|GEMINI|OPENAI|OLLAMA)_|^(HTTPS?|NO|ALL)_PROXY$|^(https?|no|all)_proxy$'); do
    unset "$variable"
done
mkdir -p "$HOME" "$CORTEX_HOME"

while read -r program; do
    name=$(basename "$program")
    log="$project_root/build/log/$(basename "$build")-$name.log"
    # A program that hangs is a failure too, not a reason to wait for ever.
    if timeout --kill-after=10 600 "$program" --gtest_brief=1 --gtest_output="xml:$results/$name.xml" > "$log" 2>&1 < /dev/null; then
        say "$name: $(tail -n 1 "$log")"
    else
        code=1
        say "$name failed; the whole output is in $log"
        grep -vE '^\[ +OK|^\[ RUN' "$log" | tail -n 60 >&2
        # A crash leaves no result file: say so in its place.
        [ -s "$results/$name.xml" ] || printf '<testsuite><testcase classname="%s" name="whole_program"><failure message="crashed, or ended by a time limit"/></testcase></testsuite>\n' "$name" > "$results/$name.xml"
        # A sanitizer may fail a program whose tests all passed.
        grep -q '<failure' "$results/$name.xml" || printf '<testsuite><testcase classname="%s" name="sanitizer"><failure message="see %s"/></testcase></testsuite>\n' "$name" "$log" > "$results/$name-sanitizer.xml"
    fi
done < "$build/unit_tests.txt"
[ -s "$build/unit_tests.txt" ] || { say "No unit test program in $build"; code=1; }
exit "$code"
