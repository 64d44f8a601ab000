"""Scripts, faults, records and the program's own behaviour, seen from outside."""

import hashlib
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.parse

import pytest

from emulator import EmulatorError

KEY = "sk-ant-api03-emulator-test-0001"
BODY = {"model": "claude-sonnet-4-5", "max_tokens": 4000, "messages": [{"role": "user", "content": "word " * 200}]}
STREAM = {**BODY, "stream": True}
CHAT = {"model": "gpt-4.1", "messages": [{"role": "user", "content": "Hi"}]}


def until(condition):
    """Asks again until it holds; the test's own time limit is the pytest run's, not a guess about the machine."""
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "it never came"


def connection(emulator):
    address = urllib.parse.urlsplit(emulator.base_url)
    return socket.create_connection((address.hostname, address.port), timeout=30)


def request_bytes(body, target="/v1/messages"):
    data = json.dumps(body).encode()
    head = (
        f"POST {target} HTTP/1.1\r\nhost: x\r\nx-api-key: {KEY}\r\nanthropic-version: 2023-06-01\r\n"
        f"content-type: application/json\r\ncontent-length: {len(data)}\r\n\r\n"
    )
    return head.encode() + data


def read_all(stream):
    received = b""
    while part := stream.recv(65536):
        received += part
    return received


def test_steps_answer_in_order_and_then_the_default_does(emulator, raw):
    emulator.script({"text": "first"}, {"text": "second", "times": 2})
    texts = [raw.messages(BODY)[2]["content"][0]["text"] for _ in range(4)]
    assert texts[:3] == ["first", "second", "second"] and texts[3].startswith("You said: ")


def test_a_step_waits_for_the_request_that_it_matches(emulator, raw):
    emulator.script(
        {"match": {"model": "claude-opus-4-6"}, "text": "by model"},
        {"match": {"contains": "needle"}, "text": "by text"},
        {"match": {"path": "/count_tokens"}, "raw": {"status": 418, "body": "teapot"}},
    )
    assert raw.messages(BODY)[2]["content"][0]["text"].startswith("You said")
    assert raw.messages({**BODY, "messages": [{"role": "user", "content": "a needle"}]})[2]["content"][0]["text"] == "by text"
    assert raw.messages({**BODY, "model": "claude-opus-4-6"})[2]["content"][0]["text"] == "by model"
    counted = {name: value for name, value in BODY.items() if name != "max_tokens"}
    assert raw.messages(counted, target="/v1/messages/count_tokens")[0] == 418
    assert emulator.stats()["script_pending"] == 0


def test_a_refused_request_uses_no_step(emulator, raw):
    emulator.script({"text": "for a good request"})
    assert raw.messages({**BODY, "max_tokens": -1})[0] == 400
    assert raw.messages(BODY)[2]["content"][0]["text"] == "for a good request"


def test_one_step_speaks_both_dialects(emulator, raw):
    emulator.script({"text": "see", "tool_calls": [{"name": "add", "input": {"a": 1}}], "times": 2})
    claude = raw.messages(BODY)[2]
    assert claude["stop_reason"] == "tool_use" and claude["content"][1]["input"] == {"a": 1}
    choice = raw.chat(CHAT)[2]["choices"][0]
    assert choice["finish_reason"] == "tool_calls" and choice["message"]["content"] == "see"
    assert json.loads(choice["message"]["tool_calls"][0]["function"]["arguments"]) == {"a": 1}


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ({"txt": "x"}, "steps.0.txt: Extra inputs are not permitted"),
        ({"text": 5}, "steps.0.text: Input should be a valid string"),
        ({"text": "a", "error": {"status": 500}}, "a step gives one of"),
        ({"delay_ms": -1}, "steps.0.delay_ms: Input should be greater than or equal to 0"),
        ({"error": {"stat": 1}}, "steps.0.error.stat: Extra inputs are not permitted"),
        ({"match": {"modle": "x"}}, "steps.0.match.modle: Extra inputs are not permitted"),
    ],
)
def test_a_script_with_a_typing_error_is_refused(emulator, step, words):
    with pytest.raises(EmulatorError, match=words.replace("[", r"\[")):
        emulator.script(step)
    assert emulator.stats()["script_pending"] == 0


def test_raw_html_and_empty_answers(emulator, raw):
    emulator.script(
        {"raw": {"status": 503, "headers": {"retry-after": "7", "content-type": "text/plain"}, "body": "upstream"}},
        {"html": 502},
        {"empty_body": True},
    )
    status, headers, text = raw.messages(BODY)
    assert (status, headers["retry-after"], text) == (503, "7", "upstream")
    status, headers, text = raw.messages(BODY)
    assert status == 502 and headers["content-type"] == "text/html" and "<h1>502</h1>" in text
    assert raw.messages(BODY)[::2] == (200, "")


def test_raw_stream_is_sent_as_it_is(emulator, raw):
    emulator.script({"raw": {"headers": {"content-type": "text/event-stream"}, "body": "data: [DONE]\n\n"}})
    status, headers, text = raw.messages(STREAM)
    assert (status, headers["transfer-encoding"], text) == (200, "chunked", "data: [DONE]\n\n")


def test_errors_carry_headers_codes_and_the_dialects_types(emulator, raw):
    emulator.script({"error": {"status": 429, "code": "enforced_spend_limit_reached", "headers": {"retry-after": "3"}}, "times": 2})
    status, headers, answer = raw.messages(BODY)
    assert (status, headers["retry-after"], answer["error"]["type"]) == (429, "3", "rate_limit_error")
    assert answer["error"]["details"] == {"error_code": "enforced_spend_limit_reached"}
    assert raw.chat(CHAT)[2]["error"]["code"] == "enforced_spend_limit_reached"


def test_stream_events_of_a_healthy_answer(raw):
    text = raw.messages(STREAM)[2]
    names = [line[7:] for line in text.splitlines() if line.startswith("event: ")]
    assert names[0] == "message_start" and names[-2:] == ["message_delta", "message_stop"]
    assert "ping" in names
    events = [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: ")]
    assert [event["type"] for event in events] == names


@pytest.mark.parametrize(
    ("step", "gone", "there"),
    [
        ({"no_terminal": True}, "message_stop", "content_block_stop"),
        ({"sse_error": {"after_deltas": 1}}, "message_stop", '"type":"overloaded_error"'),
        ({"malformed": 1}, None, '"delta":{"ty\n'),
        ({"unknown_stop_reason": True}, "end_turn", "out_of_tea"),
    ],
)
def test_stream_faults(emulator, raw, step, gone, there):
    emulator.script(step)
    text = raw.messages(STREAM)[2]
    assert there in text and (gone is None or gone not in text)


@pytest.mark.parametrize("step", [{"no_terminal": True}, {"sse_error": {"after_deltas": 2}}])
def test_chat_stream_without_its_end(emulator, raw, step):
    emulator.script(step)
    text = raw.chat({**CHAT, "stream": True})[2]
    assert text.startswith("data: ") and "[DONE]" not in text


@pytest.mark.parametrize("size", [0, 1, 500])
def test_a_cut_answer_ends_after_so_many_bytes(emulator, size):
    emulator.script({"cut_after_bytes": size})
    with connection(emulator) as stream:
        stream.sendall(request_bytes(BODY))
        head, _, body = read_all(stream).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK") and len(body) == size
    assert b"content-length: " in head


def test_a_reset_connection(emulator):
    emulator.script({"cut_after_bytes": 300, "reset": True})
    with connection(emulator) as stream, pytest.raises(ConnectionResetError):
        stream.sendall(request_bytes(STREAM))
        read_all(stream)
        stream.sendall(b"x")
        read_all(stream)


def test_a_dropped_request_gets_nothing(emulator):
    emulator.script({"drop": True})
    with connection(emulator) as stream:
        stream.sendall(request_bytes(BODY))
        assert read_all(stream) == b""


def test_a_hanging_answer_ends_with_the_client_and_is_recorded_so(emulator):
    emulator.script({"hang_after_bytes": 100})
    with connection(emulator) as stream:
        stream.sendall(request_bytes(STREAM))
        received = b""
        while received.count(b"\r\n\r\n") == 0 or len(received.partition(b"\r\n\r\n")[2]) < 100:
            received += stream.recv(65536)
        assert emulator.stats()["in_flight"] == 1
    until(lambda: emulator.stats()["in_flight"] == 0)
    (request,) = emulator.requests()
    assert (request["disconnected"], request["bytes_sent"], request["status"]) == (True, 100, 200)
    assert emulator.stats()["disconnects"] == 1


def test_writes_split_characters_in_the_middle(emulator):
    emulator.script({"text": "é", "gap_ms": 20})
    with connection(emulator) as stream:
        stream.sendall(request_bytes(STREAM))
        received = b""
        while b"message_stop" not in received:
            received += stream.recv(65536)
    chunks = received.partition(b"\r\n\r\n")[2].split(b"\r\n")[1::2]
    assert any(chunk.endswith(b"\xc3") for chunk in chunks)


def test_one_connection_carries_many_requests_and_pipelined_ones(emulator):
    with connection(emulator) as stream:
        stream.sendall(request_bytes(BODY) + request_bytes(STREAM) + request_bytes(BODY))
        received = b""
        while received.count(b"HTTP/1.1 200 OK") < 3 or not received.endswith(b"}"):
            received += stream.recv(65536)
    assert len({request["connection"] for request in emulator.requests()}) == 1


def test_a_request_in_single_bytes_and_a_wish_to_continue(emulator):
    data = json.dumps(BODY).encode()
    head = (
        f"POST /v1/messages HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\nx-api-key: {KEY}\r\nanthropic-version: 2023-06-01\r\n"
        f"content-type: application/json\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n"
    ).encode()
    with connection(emulator) as stream:
        for byte in head:
            stream.sendall(bytes([byte]))
        assert stream.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        stream.sendall(b"%x\r\n%b\r\n0\r\n\r\n" % (len(data), data))
        assert read_all(stream).startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize("garbage", [b"GET\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", b"POST / HTTP/9.9\r\n\r\n"])
def test_what_is_no_http_gets_400(emulator, garbage):
    with connection(emulator) as stream:
        stream.sendall(garbage)
        assert read_all(stream).startswith(b"HTTP/1.1 400 Bad Request")


def test_records_hold_the_request_without_its_secret(emulator, raw):
    raw.messages(BODY, authorization="Bearer other-secret-value")
    (request,) = emulator.requests()
    assert (request["method"], request["target"], request["status"]) == ("POST", "/v1/messages", 200)
    assert request["json"] == BODY == json.loads(request["body"])
    assert request["headers"]["x-api-key"] == "sha256:" + hashlib.sha256(KEY.encode()).hexdigest()[:12]
    assert request["headers"]["authorization"].startswith("Bearer sha256:")
    assert KEY not in json.dumps(request) and "other-secret" not in json.dumps(request)
    emulator.reset()
    assert emulator.requests() == []


def test_secrets_and_a_file_when_asked_for(start, connect, tmp_path):
    file = tmp_path / "requests.jsonl"
    emulator = start("--record-secrets", "--record", str(file))
    connect(emulator).messages(BODY)
    assert emulator.requests()[0]["headers"]["x-api-key"] == KEY
    until(lambda: file.read_text().endswith("\n"))
    assert json.loads(file.read_text())["json"] == BODY


def test_only_listed_keys_are_accepted(start, connect):
    client = connect(start("--key", "sk-one", "--key", "sk-two"))
    assert client.messages(BODY, x_api_key="sk-two")[0] == 200
    assert client.messages(BODY, x_api_key="sk-three")[0] == 401
    assert client.chat(CHAT, authorization="Bearer sk-one")[0] == 200
    assert client.chat({**CHAT, "model": "llama3"}, drop=["authorization"])[0] == 401


def test_faults_on_the_command_line(start, connect):
    client = connect(start("--fault", "529:2", "--fault", "429:1:retry-after=1", "--fault", "html:1"))
    answers = [client.messages(BODY) for _ in range(5)]
    assert [status for status, _, _ in answers] == [529, 529, 429, 502, 200]
    assert answers[2][1]["retry-after"] == "1"


def test_a_script_file_and_compression_of_everything(start, connect, tmp_path):
    file = tmp_path / "script.json"
    file.write_text(json.dumps({"steps": [{"text": "from the file", "times": "always"}]}))
    client = connect(start("--script", str(file), "--gzip"))
    for _ in range(3):
        assert client.messages(BODY)[2]["content"][0]["text"] == "from the file"
    import gzip

    emulator = start("--gzip")
    with connection(emulator) as stream:
        stream.sendall(request_bytes(BODY).replace(b"host: x", b"host: x\r\naccept-encoding: gzip\r\nconnection: close"))
        head, _, body = read_all(stream).partition(b"\r\n\r\n")
    assert b"content-encoding: gzip" in head and json.loads(gzip.decompress(body))["role"] == "assistant"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--host", "0.0.0.0"], "not a loopback address"),
        (["--fault", "earthquake"], "unknown fault"),
        (["--fault", "529:0"], "is no count"),
        (["--script", "/nowhere/script.json"], "cannot read /nowhere/script.json"),
    ],
)
def test_bad_options_end_with_2_and_a_sentence(binary, options, words):
    ended = subprocess.run([binary, *options], capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2 and words in ended.stderr and ended.stdout == ""


def test_help_names_the_faults_and_routes(binary):
    text = subprocess.run([binary, "--help"], capture_output=True, text=True, timeout=60, check=True).stdout
    assert "429:1:retry-after=1" in text and "/_emulator/script" in text


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_end_it_cleanly_with_streams_open(binary, number):
    process = subprocess.Popen([binary], stdout=subprocess.PIPE, text=True)
    url = process.stdout.readline().split()[-1]
    address = urllib.parse.urlsplit(url)
    with socket.create_connection((address.hostname, address.port), timeout=30) as stream:
        stream.sendall(request_bytes({**STREAM, "max_tokens": 10}))
        assert stream.recv(1)
        process.send_signal(number)
        assert process.wait(timeout=60) == 0
    assert process.stdout.read() == ""
    process.stdout.close()


def test_it_ends_with_the_process_that_started_it(binary):
    starter = (
        "import subprocess, sys, threading\n"
        "def start():\n"
        "    global child\n"
        f"    child = subprocess.Popen([{binary!r}, '--die-with-parent'], stdout=subprocess.PIPE, text=True)\n"
        "thread = threading.Thread(target=start); thread.start(); thread.join()\n"  # its thread is gone, the process is not
        "print(child.stdout.readline().split()[-1], child.pid, flush=True)\n"
        "sys.stdin.readline()\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", starter], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    url, pid = parent.stdout.readline().split()
    address = urllib.parse.urlsplit(url)
    with socket.create_connection((address.hostname, address.port), timeout=30) as stream:
        stream.sendall(b"GET /health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        assert read_all(stream).endswith(b'{"status":"ok"}')
    parent.kill()
    parent.wait()
    parent.stdout.close()
    parent.stdin.close()
    until(lambda: not os.path.exists(f"/proc/{pid}") or open(f"/proc/{pid}/stat").read().split()[2] == "Z")


def test_tls(start, tmp_path):
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    made = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
         "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)],
        capture_output=True, check=False,
    )  # fmt: skip
    if made.returncode != 0:
        pytest.skip("the openssl program is missing")
    emulator = start("--tls", str(certificate), str(key))
    assert emulator.base_url.startswith("https://127.0.0.1:")
    context = ssl.create_default_context(cafile=str(certificate))
    with connection(emulator) as plain, context.wrap_socket(plain, server_hostname="127.0.0.1") as stream:
        stream.sendall(request_bytes(STREAM))
        received = b""
        while b"message_stop" not in received:
            received += stream.recv(65536)
    with connection(emulator) as plain, pytest.raises((ssl.SSLError, ConnectionError)):
        ssl.create_default_context().wrap_socket(plain, server_hostname="127.0.0.1")  # nobody vouches for it


def test_hundreds_of_streams_at_once(emulator):
    emulator.script({"gap_ms": 20, "times": 300})
    streams = []
    try:
        for _ in range(300):
            stream = connection(emulator)
            stream.sendall(request_bytes({**STREAM, "messages": [{"role": "user", "content": "word " * 40}]}))
            streams.append(stream)
        for stream in streams:
            received = b""
            while b"message_stop" not in received:
                part = stream.recv(65536)
                assert part, "the stream ended early"
                received += part
    finally:
        for stream in streams:
            stream.close()
    assert emulator.stats()["in_flight_max"] >= 100
