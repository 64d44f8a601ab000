"""`cortex run --tool`: built-in tools, off until they are named, and what may run without anybody being asked."""

import http.server
import json
import threading

import pytest


def call(tool, **arguments):
    """A prompt that the emulator answers with a call of this tool."""
    return f"CALL_{tool.upper()}: {json.dumps(arguments)}"


def results(request):
    """What the model read of its calls, in order, each with whether it is an error."""
    out = []
    for block in request["json"]["messages"][-1]["content"]:
        if block["type"] == "tool_result":
            content = block["content"]
            out.append((content if isinstance(content, str) else "".join(part["text"] for part in content), block.get("is_error", False)))
    return out


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "root"
    (root / "sub").mkdir(parents=True)
    (root / "notes.txt").write_text("The launch is on Friday.")
    (tmp_path / "secret.txt").write_text("the secret")
    return root


@pytest.fixture
def page():
    """A page on this machine; counts who asked."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            body = b"Hello from the page."
            self.send_response(200)
            self.send_header("Content-Type", "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.asked = asked
    server.url = f"http://127.0.0.1:{server.server_port}/page"
    yield server
    server.shutdown()
    server.server_close()


def test_a_tool_that_is_switched_on_is_called_and_its_result_answers(cli, emulator):
    done = cli.run("run", "--tool", "calculator", call("calculator", expression="6 * 7"))
    assert (done.code, done.out, done.err) == (0, b"I will use calculator.\n\nThe result of calculator is: 42.\n", b"")
    first, second = emulator.requests()
    assert [tool["name"] for tool in first["json"]["tools"]] == ["calculator"]
    assert results(second) == [("42", False)]


def test_without_the_option_there_is_no_tool(cli, emulator):
    cli.run("run", call("calculator", expression="6 * 7"))
    (request,) = emulator.requests()
    assert "tools" not in request["json"]


def test_each_tool_has_its_schema(cli, emulator, folder):
    cli.run("run", "--tool", "calculator", "--tool", f"files={folder}", "--tool", "http", "--approve", "always", "Hi")
    tools = {tool["name"]: tool["input_schema"] for tool in emulator.requests()[0]["json"]["tools"]}
    assert list(tools) == ["calculator", "read_file", "list_files", "http_get"]
    assert tools["calculator"]["required"] == ["expression"] and tools["read_file"]["required"] == ["path"]
    assert tools["http_get"]["properties"]["url"]["type"] == "string" and "required" not in {k: v for k, v in tools["list_files"].items() if v}
    assert all(tool["description"] for tool in emulator.requests()[0]["json"]["tools"])


def test_a_mistake_in_an_expression_goes_back_to_the_model(cli, emulator):
    assert cli.run("run", "--tool", "calculator", call("calculator", expression="1 / 0")).code == 0
    assert results(emulator.requests()[1]) == [("At position 3: division by zero.", True)]


def test_arguments_that_do_not_fit_never_reach_the_tool(cli, emulator):
    emulator.script({"tool_calls": [{"name": "calculator", "input": {"expression": 7}}]})
    assert cli.run("run", "--tool", "calculator", "Go").code == 0
    ((text, failed),) = results(emulator.requests()[1])
    assert failed and "expression" in text


@pytest.mark.parametrize(("word", "hint"), [
    ("calculater", "Did you mean calculator?"), ("file=/tmp", "Did you mean files?"), ("https", "Did you mean http?"), ("frobnicate", "There are: calculator, files=FOLDER, http."),
    ("", "There is no built-in tool"), ("files", "--tool files=FOLDER"), ("files=", "--tool files=FOLDER"), ("files=/does/not/exist", "/does/not/exist"),
    ("calculator=1", "takes no argument"), ("http=anything", "allow-loopback"),
])
@pytest.mark.parametrize("command", ["run", "chat"])
def test_a_wrong_tool_is_a_usage_error_before_any_request(cli, emulator, command, word, hint):
    done = cli.run(command, *(["Hi"] if command == "run" else []), "--tool", word, stdin=b"Hi\n")
    assert (done.code, done.out) == (2, b"") and hint in done.error and done.error.count("\n") == 1
    assert emulator.requests() == []


def test_the_same_tool_twice_is_a_usage_error(cli, folder):
    done = cli.run("run", "Hi", "--tool", f"files={folder}", "--tool", "files=/")
    assert done.code == 2 and "given twice" in done.error


@pytest.mark.parametrize(("option", "value"), [("--approve", "perhaps"), ("--max-tool-rounds", "-1"), ("--max-tool-rounds", "many"), ("--max-tool-rounds", "101")])
@pytest.mark.parametrize("command", ["run", "chat"])
def test_a_bad_value_names_its_option(cli, emulator, command, option, value):
    done = cli.run(command, *(["Hi"] if command == "run" else []), f"{option}={value}", stdin=b"Hi\n")
    assert done.code == 2 and option in done.error and value in done.error
    assert emulator.requests() == []


def test_the_rounds_are_capped_and_an_answer_is_asked_for(cli, emulator):
    emulator.script({"tool_calls": [{"name": "calculator", "input": {"expression": "1+1"}}], "times": 2}, {"text": "Enough."})
    done = cli.run("run", "--tool", "calculator", "--max-tool-rounds", "2", "--json", "Go on")
    assert done.code == 0 and done.json["content"] == "Enough."
    assert done.json["metadata"]["steps_taken"] == 2 and done.json["metadata"]["tools_called"] == ["calculator", "calculator"]
    last = emulator.requests()[-1]["json"]
    assert last["tool_choice"] == {"type": "none"} and last["tools"]


def test_stream_json_has_a_line_for_the_calls_and_one_for_each_result(cli, emulator):
    prompt = call("calculator", expression="6*7") + "\n" + call("calculator", expression="1/0")
    done_text = cli.run("run", "--tool", "calculator", "--json", prompt).json["content"]
    done = cli.run("run", "--tool", "calculator", "--stream-json", prompt)
    assert done.code == 0 and done.err == b""
    beside = [line for line in done.lines if line["chunk_type"] in ("tool_execution", "tool_result")]
    assert beside[0]["chunk_type"] == "tool_execution" and beside[0]["tools"] == ["calculator", "calculator"]
    assert sorted(line["success"] for line in beside[1:]) == [False, True]
    assert {line["tool_name"] for line in beside[1:]} == {"calculator"}
    assert "".join(line["content"] for line in done.lines if line["chunk_type"] == "content") == done_text
    assert done.lines[-1]["metadata"]["tools_called"] == ["calculator", "calculator"]


def test_dry_run_shows_the_tools_and_sends_nothing(cli, emulator):
    done = cli.run("run", "--tool", "calculator", "--dry-run", "--json", "Hi")
    assert done.code == 0 and [tool["name"] for tool in done.json["body"]["tools"]] == ["calculator"]
    assert emulator.requests() == []


# Files

def test_a_file_of_the_folder_is_read(cli, emulator, folder):
    done = cli.run("run", "--tool", f"files={folder}", call("read_file", path="notes.txt"))
    assert done.code == 0 and "The launch is on Friday." in done.text
    assert results(emulator.requests()[1]) == [("The launch is on Friday.", False)]


def test_the_folder_is_listed(cli, emulator, folder):
    cli.run("run", "--tool", f"files={folder}", call("list_files"))
    assert results(emulator.requests()[1]) == [("notes.txt (24 bytes)\nsub/", False)]


@pytest.mark.parametrize("path", ["../secret.txt", "sub/../../secret.txt", "ABSOLUTE", "link", "sub/up/secret.txt", "notes.txt\0/../../secret.txt", "/proc/self/environ"])
def test_nothing_outside_the_folder_is_read(cli, emulator, folder, path):
    (folder / "link").symlink_to("../secret.txt")
    (folder / "sub" / "up").symlink_to("../..")
    path = str(folder.parent / "secret.txt") if path == "ABSOLUTE" else path
    assert cli.run("run", "--tool", f"files={folder}", call("read_file", path=path)).code == 0
    ((text, failed),) = results(emulator.requests()[1])
    assert failed and "the secret" not in text


# HTTP

@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0", "127.1", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]"])
def test_this_machine_is_not_asked(cli, emulator, page, host):
    url = f"http://{host}:{page.server_port}/page"
    assert cli.run("run", "--tool", "http", call("http_get", url=url)).code == 0
    ((text, failed),) = results(emulator.requests()[1])
    assert failed and "only addresses of the public internet are asked" in text
    assert page.asked == []


@pytest.mark.parametrize("url", ["http://169.254.169.254/latest/meta-data/iam/security-credentials/", "http://10.0.0.1/", "http://[fd00:ec2::254]/latest/", "file:///etc/passwd"])
def test_the_inside_of_a_network_is_not_asked(cli, emulator, url):
    cli.run("run", "--tool", "http", call("http_get", url=url))
    ((text, failed),) = results(emulator.requests()[1])
    assert failed and "was not fetched" in text


def test_loopback_may_be_allowed_for_ones_own_server(cli, emulator, page):
    done = cli.run("run", "--tool", "http=allow-loopback", call("http_get", url=page.url))
    assert done.code == 0 and page.asked == ["/page"]
    assert results(emulator.requests()[1]) == [(f"HTTP 200, text/plain, {page.url}\n\nHello from the page.", False)]


# Who is asked where nobody is at a terminal

def test_a_tool_that_was_named_runs_unasked_without_a_terminal(cli, emulator, folder):
    cli.run("run", "--tool", f"files={folder}", call("read_file", path="notes.txt"))
    assert results(emulator.requests()[1])[0][1] is False


def test_files_and_http_together_need_a_word(cli, emulator, folder, page):
    prompt = call("read_file", path="notes.txt") + "\n" + call("http_get", url=page.url) + "\n" + call("calculator", expression="6*7")
    both = ["--tool", f"files={folder}", "--tool", "http=allow-loopback", "--tool", "calculator"]
    done = cli.run("run", *both, prompt)
    assert done.code == 0 and "--approve always" in done.error and done.error.count("\n") == 1
    answers = results(emulator.requests()[1])
    assert [failed for _, failed in answers] == [True, True, False] and "approval" in answers[0][0]
    assert page.asked == []
    emulator.reset()
    done = cli.run("run", *both, "--approve", "always", prompt)
    assert done.err == b"" and [failed for _, failed in results(emulator.requests()[1])] == [False, False, False]


@pytest.mark.parametrize(("wish", "failed", "told"), [("always", False, False), ("ask", True, True), ("never", True, False)])
@pytest.mark.parametrize("form", [[], ["--json"], ["--stream-json"]], ids=["text", "json", "stream"])
def test_approve(cli, emulator, folder, form, wish, failed, told):
    done = cli.run("run", "--tool", f"files={folder}", "--approve", wish, *form, call("read_file", path="notes.txt"))
    assert done.code == 0 and results(emulator.requests()[1])[0][1] is failed
    assert ("nobody is at a terminal" in done.error) is told


def test_a_calculator_needs_no_approval(cli, emulator):
    cli.run("run", "--tool", "calculator", "--approve", "never", call("calculator", expression="6*7"))
    assert results(emulator.requests()[1]) == [("42", False)]


def test_a_chat_in_a_pipe_prints_answers_only(cli, emulator):
    lines = [call("calculator", expression="6*7"), call("calculator", expression="2^10")]
    done = cli.run("chat", "--tool", "calculator", stdin="".join(line + "\n" for line in lines).encode())
    assert (done.code, done.err) == (0, b"")
    assert done.out.count(b"The result of calculator is: 42.\n") == 1 and done.out.endswith(b"The result of calculator is: 1024.\n")
    assert b"calling" not in done.out
