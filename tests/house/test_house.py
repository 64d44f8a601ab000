"""The checks of the house find what they are for: each is shown a small tree that breaks its rule."""

import pathlib
import subprocess
import sys

import pytest

HOUSE = pathlib.Path(__file__).resolve().parent


def check(script, *arguments):
    run = subprocess.run([sys.executable, "-B", str(HOUSE / script), *map(str, arguments)], capture_output=True, text=True, check=False)
    return run.returncode, run.stdout


def put(root, path, text):
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


@pytest.mark.parametrize("path, line, reason", [
    ("src/core/a.cpp", '#include "net/reactor.hpp"', "the arrow from core to net does not exist"),
    ("src/dialects/anthropic/a.cpp", '#include "dialects/openai_chat/codec.hpp"', "two dialects never include each other"),
    ("src/agent/a.cpp", '#include "storage/sqlite/store.hpp"', "agent may see of storage only"),
    ("src/brain/a.cpp", "#include <curl/curl.h>", "belongs to src/net/"),
    ("include/cortex/a.hpp", "#include <boost/json.hpp>", "belongs to"),
    ("include/cortex/a.hpp", "#include <unistd.h>", "standard library"),
    ("include/cortex/a.hpp", '#include "core/result.hpp"', "nothing of src/"),
    ("apps/cortex/a.cpp", '#include "core/result.hpp"', "see include/cortex only"),
    ("apps/emulator/a.cpp", "#include <cortex/engine.hpp>", "must not share"),
    ("apps/emulator/a.cpp", '#include "core/result.hpp"', "must not share"),
])
def test_a_wrong_arrow_is_found(tmp_path, path, line, reason):
    for file in ("net/reactor.hpp", "core/result.hpp", "storage/sqlite/store.hpp", "dialects/openai_chat/codec.hpp"):
        put(tmp_path, f"src/{file}", "#pragma once\n")
    code, output = check("check_layers.py", tmp_path)
    assert code == 0, output
    put(tmp_path, path, line + "\n")
    code, output = check("check_layers.py", tmp_path)
    assert code == 1 and reason in output and f"{path}:1" in output


def test_a_header_that_needs_another_before_it_is_found(tmp_path):
    put(tmp_path, "include/cortex/a.hpp", "#pragma once\n#include <string>\ninline std::string a();\n")
    put(tmp_path, "src/core/b.hpp", "#pragma once\ninline std::string b();\n")
    code, output = check("check_headers.py", tmp_path, tmp_path / "state", "g++", "-std=c++20")
    assert code == 1 and "core/b.hpp does not compile alone" in output and "cortex/a.hpp" not in output
    put(tmp_path, "src/core/b.hpp", "#pragma once\n#include <cortex/a.hpp>\ninline std::string b() { return {}; }\ninline std::string a() { return {}; }\n")
    assert check("check_headers.py", tmp_path, tmp_path / "state", "g++", "-std=c++20")[0] == 0


def test_an_unchanged_header_is_checked_again_when_what_it_includes_changed(tmp_path):
    put(tmp_path, "include/cortex/a.hpp", "#pragma once\n")
    put(tmp_path, "src/core/b.hpp", "#pragma once\n#include <cortex/a.hpp>\n")
    arguments = (tmp_path, tmp_path / "state", "g++", "-std=c++20")
    assert check("check_headers.py", *arguments)[0] == 0
    assert "2 unchanged" in check("check_headers.py", *arguments)[1]
    put(tmp_path, "include/cortex/a.hpp", "#pragma once\n#error broken\n")
    assert check("check_headers.py", *arguments)[0] == 1


@pytest.mark.parametrize("body, deed", [
    ("#include <iostream>\nvoid f() { std::cout << 1; }", "prints"),
    ("#include <cstdio>\nvoid f(int a) { std::printf(\"%d\", a); }", "prints"),
    ("#include <cstdlib>\nvoid f() { std::exit(1); }", "ends the process"),
    ("#include <cstdlib>\nvoid f() { std::abort(); }", "ends the process"),
    ("#include <csignal>\nvoid f() { std::signal(SIGINT, SIG_IGN); }", "installs signal handlers"),
    ("extern \"C\" int PyGILState_Ensure();\nvoid f() { PyGILState_Ensure(); }", "calls Python"),
])
def test_a_call_that_the_library_may_not_make_is_found(tmp_path, body, deed):
    put(tmp_path, "a.cpp", body + "\n")
    subprocess.run(["g++", "-std=c++20", "-c", "a.cpp", "-o", "a.cpp.o"], cwd=tmp_path, check=True)
    subprocess.run(["ar", "rc", "liba.a", "a.cpp.o"], cwd=tmp_path, check=True)
    code, output = check("check_symbols.py", "nm", tmp_path / "liba.a")
    assert code == 1 and deed in output


def test_taking_the_lock_in_the_binding_is_found_and_a_comment_is_not(tmp_path):
    put(tmp_path, "python/src/a.cpp", "// never PyGILState_Ensure\nnb::gil_scoped_release unlocked;\n")
    assert check("check_gil.py", tmp_path)[0] == 0
    put(tmp_path, "python/src/a.cpp", "nb::gil_scoped_acquire lock;\n")
    assert check("check_gil.py", tmp_path)[0] == 1


def test_a_long_file_and_a_header_without_guard_are_found(tmp_path):
    put(tmp_path, "src/core/a.cpp", "//\n" * 500)
    put(tmp_path, "include/cortex/a.hpp", "//\n")
    code, output = check("check_files.py", tmp_path)
    assert code == 1 and "src/core/a.cpp: 500 lines" in output and "no #pragma once" in output


def test_a_dead_link_a_lost_section_and_a_missing_test_are_found(tmp_path):
    put(tmp_path, "README.md", "# Top\n[a](docs/b.md) [c](docs/b.md#there-it-is) [d](docs/gone.md) [e](docs/b.md#gone)\n")
    put(tmp_path, "docs/b.md", "# B\n## There it is\n")
    put(tmp_path, "tests/unit/a_test.cpp", "TEST(Suite, is_there) {}\n")
    put(tmp_path, "docs/conformance.md", "[`Suite.is_there`](../tests/unit/a_test.cpp) [`Suite.is_not`](../tests/unit/a_test.cpp)\n")
    code, output = check("check_docs.py", tmp_path)
    lines = output.splitlines()
    assert code == 1 and len(lines) == 3
    assert "docs/gone.md: no such file" in output and "b.md#gone: no such section" in output and "Suite.is_not: no such test" in output


def test_a_program_that_differs_from_its_example_is_found(tmp_path):
    put(tmp_path, "examples/a.cpp", "int main() {\n    f();\n}\n")
    put(tmp_path, "README.md", "<!-- examples/a.cpp -->\n```cpp\nf();\n```\n")
    assert check("check_docs.py", tmp_path)[0] == 0
    put(tmp_path, "README.md", "<!-- examples/a.cpp -->\n```cpp\ng();\n```\n")
    assert check("check_docs.py", tmp_path)[0] == 1


def test_eight_characters_of_a_key_are_found_and_not_repeated(tmp_path):
    keys = tmp_path / "keys.txt"
    key = "sk-ant-api03-" + "Ab1Cd2Ef3Gh4Ij5K"
    keys.write_text(key + "\n")
    put(tmp_path, "build/log/a.log", f"all is well, {key[13:20]} is seven\n")
    assert check("check_secrets.py", "--keys", keys, tmp_path / "build")[0] == 0
    put(tmp_path, "build/log/a.log", f"here: {key[15:23]}\n")
    code, output = check("check_secrets.py", "--keys", keys, tmp_path / "build")
    assert code == 1 and "log/a.log" in output and key[15:23] not in output


def test_the_sum_of_result_files_counts_failures_and_reasons(tmp_path):
    put(tmp_path, "results/ctest.xml", """<testsuite>
        <testcase name="a" classname="a" status="run"/>
        <testcase name="b" classname="b" status="fail"><failure message="Failed"/></testcase>
        <testcase name="c" classname="c" status="notrun"><skipped message="SKIP_REGULAR_EXPRESSION_MATCHED"/>
            <system-out>x.cpp:3: Skipped\nthe vectors are not here\n[  SKIPPED ] c</system-out></testcase></testsuite>""")
    put(tmp_path, "results/pytest.xml", """<testsuites><testsuite><testcase classname="t" name="d"/>
        <testcase classname="t" name="e"><skipped type="pytest.skip" message="no network here">x.py:1: no network here</skipped></testcase>
        </testsuite></testsuites>""")
    script = HOUSE.parent.parent / "tools" / "summarize_tests.py"
    run = subprocess.run([sys.executable, "-B", str(script), str(tmp_path / "results")], capture_output=True, text=True, check=False)
    assert run.returncode == 1 and run.stdout.splitlines()[-1] == "2 passed, 1 failed, 2 skipped"
    assert "the vectors are not here: c" in run.stdout and "no network here: t.e" in run.stdout and "  b (ctest.xml)" in run.stdout


def test_a_result_folder_without_tests_is_no_success(tmp_path):
    script = HOUSE.parent.parent / "tools" / "summarize_tests.py"
    run = subprocess.run([sys.executable, "-B", str(script), str(tmp_path)], capture_output=True, text=True, check=False)
    assert run.returncode == 1 and run.stdout.strip() == "0 passed, 0 failed, 0 skipped"
