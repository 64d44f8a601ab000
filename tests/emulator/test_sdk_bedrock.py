"""The official clients of Claude on Bedrock, and boto3: what they send is accepted, what they get they understand."""

import asyncio
import http.client
import json
import urllib.parse

import pytest

from aws_files import REGION, AwsHome

anthropic = pytest.importorskip("anthropic", reason="the official SDK is not installed: pip install -r tests/requirements.txt")
boto3 = pytest.importorskip("boto3", reason="AWS's SDK is not installed: pip install -r tests/requirements.txt")

from botocore.config import Config  # noqa: E402
from botocore.exceptions import ClientError, EventStreamError  # noqa: E402
from botocore.eventstream import ParserError  # noqa: E402

SONNET = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"  # takes the older version only, which boto3's callers write themselves
OPUS = "global.anthropic.claude-opus-5-5"
MANTLE = "anthropic.claude-opus-4-8"
ADD = {
    "name": "add",
    "description": "Adds two numbers",
    "input_schema": {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}, "required": ["a", "b"]},
}


@pytest.fixture
def home(emulator, tmp_path, monkeypatch):
    home = AwsHome(emulator.base_url, tmp_path)
    home.enter(monkeypatch)
    return home


@pytest.fixture
def pair(home):
    return {"aws_access_key": home.facts["access_key"]["id"], "aws_secret_key": home.facts["access_key"]["secret"]}


@pytest.fixture
def bedrock(emulator, pair):
    with anthropic.AnthropicBedrock(**pair, aws_region=REGION, base_url=emulator.base_url, max_retries=0) as client:
        yield client


@pytest.fixture
def runtime(emulator, home):
    """boto3's client with the published pair."""
    return make_runtime(home)


def make_runtime(home, **changes):
    pair = home.facts["access_key"]
    options = {"aws_access_key_id": pair["id"], "aws_secret_access_key": pair["secret"], "region_name": REGION, **changes}
    session = boto3.Session(**options)
    return session.client("bedrock-runtime", endpoint_url=home.base_url, config=Config(retries={"total_max_attempts": 1}))


def user(text):
    return {"role": "user", "content": text}


def text_of(message):
    return "".join(block.text for block in message.content if block.type == "text")


def body(text="Hello", **more):
    return json.dumps({"anthropic_version": "bedrock-2023-05-31", "max_tokens": 200, "messages": [user(text)], **more})


def events_of(answer):
    return [json.loads(event["chunk"]["bytes"]) for event in answer["body"]]


# --- The Anthropic SDK -----------------------------------------------------------------------------------------------------------


def test_create_and_stream_with_keys(bedrock, emulator):
    prompt = "Grüße aus Köln 🌍 " * 30
    message = bedrock.messages.create(model=OPUS, max_tokens=2000, messages=[user(prompt)])
    assert text_of(message) == "You said: " + prompt
    assert message.usage.input_tokens > 0
    with bedrock.messages.stream(model=OPUS, max_tokens=2000, messages=[user(prompt)]) as stream:
        pieces = list(stream.text_stream)
        final = stream.get_final_message()
    assert "".join(pieces) == text_of(final) == "You said: " + prompt
    assert len(pieces) > 10 and final.stop_reason == "end_turn"
    targets = [request["target"] for request in emulator.requests()]
    assert targets == [f"/model/{OPUS}/invoke", f"/model/{OPUS}/invoke-with-response-stream"]
    assert all("model" not in request["json"] and "stream" not in request["json"] for request in emulator.requests())


@pytest.mark.parametrize("model", [SONNET, OPUS])
def test_older_models_need_the_older_version(bedrock, model):
    send = lambda **more: bedrock.messages.create(model=model, max_tokens=50, messages=[user("Hi")], **more)  # noqa: E731
    if model == SONNET:
        with pytest.raises(anthropic.BadRequestError, match="anthropic_version"):
            send()
    assert send(extra_body={"anthropic_version": "bedrock-2023-05-31"}).stop_reason == "end_turn"


def test_tools_and_thinking_go_round(bedrock):
    options = {"model": OPUS, "max_tokens": 4000, "tools": [ADD], "thinking": {"type": "adaptive", "display": "summarized"}}
    history = [user("CALL_ADD: 2 3")]
    with bedrock.messages.stream(messages=history, **options) as stream:
        first = stream.get_final_message()
    assert [block.type for block in first.content] == ["thinking", "text", "tool_use"]
    assert first.content[0].thinking and first.content[0].signature
    (call,) = [block for block in first.content if block.type == "tool_use"]
    result = {"role": "user", "content": [{"type": "tool_result", "tool_use_id": call.id, "content": "5"}]}
    second = bedrock.messages.create(messages=[*history, {"role": "assistant", "content": first.content}, result], **options)
    assert "The result of add is: 5." in text_of(second)
    changed = [block.model_dump(exclude_none=True) for block in first.content]
    changed[0]["thinking"] += "!"
    with pytest.raises(anthropic.BadRequestError, match="Invalid `signature`|cannot be modified"):
        bedrock.messages.create(messages=[*history, {"role": "assistant", "content": changed}, result], **options)


def test_session_token_and_bearer_key(emulator, home):
    home.control({"keys": [{"id": "ASIAEMULATOR", "secret": "a secret", "token": "a token+/="}]})
    pair = {"aws_access_key": "ASIAEMULATOR", "aws_secret_key": "a secret"}
    client = lambda **more: anthropic.AnthropicBedrock(aws_region=REGION, base_url=emulator.base_url, max_retries=0, **more)  # noqa: E731
    ask = lambda one: one.messages.create(model=OPUS, max_tokens=50, messages=[user("Hi")])  # noqa: E731
    assert ask(client(**pair, aws_session_token="a token+/=")).stop_reason == "end_turn"
    with pytest.raises(anthropic.PermissionDeniedError, match="security token included in the request is invalid"):
        ask(client(**pair))
    assert ask(client(api_key="a-bedrock-api-key")).stop_reason == "end_turn"
    assert "x-amz-date" not in emulator.requests()[-1]["headers"]
    with pytest.raises(anthropic.PermissionDeniedError, match="API Key"):
        ask(client(api_key="a-wrong-key"))


def test_async_client(emulator, pair):
    async def run():
        async with anthropic.AsyncAnthropicBedrock(**pair, aws_region=REGION, base_url=emulator.base_url, max_retries=0) as client:
            message = await client.messages.create(model=OPUS, max_tokens=100, messages=[user("One")])
            async with client.messages.stream(model=OPUS, max_tokens=100, messages=[user("Two")]) as stream:
                pieces = [piece async for piece in stream.text_stream]
            return text_of(message), "".join(pieces)

    assert asyncio.run(run()) == ("You said: One", "You said: Two")


def test_beta_flags_go_into_the_body(bedrock, emulator):
    send = lambda *betas: bedrock.beta.messages.create(model=OPUS, max_tokens=50, betas=list(betas), messages=[user("Hi")])  # noqa: E731
    send("interleaved-thinking-2025-05-14", "context-management-2025-06-27")
    assert emulator.requests()[-1]["json"]["anthropic_beta"] == ["interleaved-thinking-2025-05-14", "context-management-2025-06-27"]
    for refused in ("files-api-2025-04-14", "no-such-beta-2026-01-01"):
        with pytest.raises(anthropic.BadRequestError, match="invalid beta flag"):
            send(refused)


@pytest.mark.parametrize("exception", ["throttlingException", "modelStreamErrorException", "internalServerException"])
@pytest.mark.parametrize("after", [0, 4])
def test_exception_frames_are_errors_of_the_sdk(bedrock, emulator, exception, after):
    emulator.script({"exception": {"type": exception, "message": "out of tea", "after_events": after}})
    with pytest.raises(anthropic.APIStatusError) as caught:
        with bedrock.messages.stream(model=OPUS, max_tokens=200, messages=[user("Hi " * 50)]) as stream:
            for _ in stream:
                pass
    # The SDK keeps the name that the service gives, in its own spelling.
    assert caught.value.body["error"]["type"].lower() == exception.lower()
    assert caught.value.body["error"]["message"] == "out of tea"


def test_mantle(emulator, pair):
    url = emulator.base_url + "/anthropic"
    with anthropic.AnthropicBedrockMantle(**pair, aws_region=REGION, base_url=url, max_retries=0) as client:
        assert text_of(client.messages.create(model=MANTLE, max_tokens=50, messages=[user("Hi")])) == "You said: Hi"
        with client.messages.stream(model=MANTLE, max_tokens=50, messages=[user("Hi")]) as stream:
            assert text_of(stream.get_final_message()) == "You said: Hi"
        assert client.messages.count_tokens(model=MANTLE, messages=[user("Hi there")]).input_tokens > 0
        with pytest.raises(anthropic.NotFoundError):
            client.messages.create(model="anthropic.claude-opus-4-6-v1", max_tokens=50, messages=[user("Hi")])
        with pytest.raises(anthropic.BadRequestError, match="disabled"):
            client.messages.create(model=MANTLE, max_tokens=50, thinking={"type": "disabled"}, messages=[user("Hi")])
    with anthropic.AnthropicBedrockMantle(api_key="a-key", aws_region=REGION, base_url=url, max_retries=0) as client:
        assert client.messages.create(model=MANTLE, max_tokens=50, messages=[user("Hi")]).stop_reason == "end_turn"
    with anthropic.AnthropicBedrockMantle(**{**pair, "aws_secret_key": "no"}, aws_region=REGION, base_url=url, max_retries=0) as client:
        with pytest.raises(anthropic.PermissionDeniedError, match="request signature we calculated"):
            client.messages.create(model=MANTLE, max_tokens=50, messages=[user("Hi")])


def test_messages_route_of_the_runtime_is_a_switch(emulator, home, pair):
    home.control({"messages_service": "bedrock"})
    url = emulator.base_url + "/anthropic"
    with anthropic.AnthropicBedrockMantle(**pair, aws_region=REGION, base_url=url, max_retries=0) as client:
        with pytest.raises(anthropic.PermissionDeniedError, match="correct service: 'bedrock'"):
            client.messages.create(model=MANTLE, max_tokens=50, messages=[user("Hi")])


def test_async_mantle(emulator, pair):
    async def run():
        url = emulator.base_url + "/anthropic"
        async with anthropic.AsyncAnthropicBedrockMantle(**pair, aws_region=REGION, base_url=url, max_retries=0) as client:
            return text_of(await client.messages.create(model=MANTLE, max_tokens=50, messages=[user("Hi")]))

    assert asyncio.run(run()) == "You said: Hi"


def test_options_of_the_program(start, monkeypatch):
    emulator = start("--aws-key", "AKIAMINE:my secret", "--aws-region", "eu-central-1", "--fault", "exception:1", "--key", "the-key")
    options = {"aws_region": "eu-central-1", "base_url": emulator.base_url, "max_retries": 0}
    with anthropic.AnthropicBedrock(aws_access_key="AKIAMINE", aws_secret_key="my secret", **options) as client:
        with pytest.raises(anthropic.APIStatusError, match="Too many requests"):
            client.messages.create(model="eu.anthropic.claude-opus-5-5", max_tokens=50, messages=[user("Hi")], stream=True).__next__()
        assert client.messages.create(model="eu.anthropic.claude-opus-5-5", max_tokens=50, messages=[user("Hi")]).stop_reason == "end_turn"
    for key, good in (("the-key", True), ("another", False)):
        with anthropic.AnthropicBedrock(api_key=key, **options) as client:
            if good:
                client.messages.create(model="eu.anthropic.claude-opus-5-5", max_tokens=50, messages=[user("Hi")])
            else:
                with pytest.raises(anthropic.PermissionDeniedError):
                    client.messages.create(model="eu.anthropic.claude-opus-5-5", max_tokens=50, messages=[user("Hi")])


# --- boto3 -----------------------------------------------------------------------------------------------------------------------


def test_boto3_invokes_and_streams(runtime, emulator):
    answer = runtime.invoke_model(modelId=SONNET, body=body("Hello"))
    message = json.loads(answer["body"].read())
    assert message["content"][0]["text"] == "You said: Hello"
    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    assert headers["x-amzn-bedrock-input-token-count"] == str(message["usage"]["input_tokens"])
    assert answer["ResponseMetadata"]["RequestId"] == headers["x-amzn-requestid"]
    events = events_of(runtime.invoke_model_with_response_stream(modelId=SONNET, body=body("Grüße 🌍 " * 40)))
    assert [events[0]["type"], events[-1]["type"]] == ["message_start", "message_stop"]
    text = "".join(event["delta"].get("text", "") for event in events if event["type"] == "content_block_delta")
    assert text == "You said: " + "Grüße 🌍 " * 40
    metrics = events[-1]["amazon-bedrock-invocationMetrics"]
    assert metrics["inputTokenCount"] == events[0]["message"]["usage"]["input_tokens"]
    # botocore encodes the colon of a model id, the Anthropic SDKs do not: both are signed and both are served.
    assert "%3A0/invoke" in emulator.requests()[0]["target"]


@pytest.mark.parametrize(
    "model",
    [
        "arn:aws:bedrock:us-east-1:123456789012:inference-profile/" + SONNET,
        "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123",
    ],
)
def test_boto3_takes_arns(runtime, emulator, bedrock, model):
    assert runtime.invoke_model(modelId=model, body=body())["ResponseMetadata"]["HTTPStatusCode"] == 200
    older = {"anthropic_version": "bedrock-2023-05-31"}
    assert bedrock.messages.create(model=model, max_tokens=50, messages=[user("Hi")], extra_body=older).stop_reason == "end_turn"
    assert all("%2F" in request["target"] for request in emulator.requests())


def test_a_raw_slash_makes_another_path(raw):
    target = "/model/arn:aws:bedrock:us-east-1:123456789012:inference-profile/" + SONNET + "/invoke"
    status, headers, answer = raw.send("POST", target, body().encode(), {"authorization": "Bearer a-key"})
    assert (status, headers["x-amzn-errortype"].split(":")[0]) == (404, "UnknownOperationException")
    assert raw.send("POST", target.replace("/us.", "%2Fus."), body().encode(), {"authorization": "Bearer a-key"})[0] == 200


@pytest.mark.parametrize(
    ("model", "code", "words"),
    [
        ("anthropic.claude-opus-5-5", "ValidationException", "with on-demand throughput"),
        ("arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-opus-5-5", "ValidationException", "with on-demand throughput"),
        ("us.anthropic.claude-opus-9", "ResourceNotFoundException", "Could not resolve"),
        ("anthropic.claude-3-haiku-20240307-v1:0", "ResourceNotFoundException", "end of its life"),
        ("claude-opus-5-5", "ValidationException", "model identifier is invalid"),
        ("eu.anthropic.claude-opus-5-5", "ValidationException", "model identifier is invalid"),
        ("jp.anthropic.claude-opus-4-5-20251101-v1:0", "ValidationException", "model identifier is invalid"),
        ("arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.anthropic.claude-opus-5-5", "ValidationException", "invalid"),
        ("arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/nobody", "ResourceNotFoundException", "does not exist"),
    ],
)
def test_boto3_reads_refused_ids(runtime, model, code, words):
    with pytest.raises(ClientError, match=words) as caught:
        runtime.invoke_model(modelId=model, body=body())
    assert caught.value.response["Error"]["Code"] == code


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"model": "claude-opus-5-5"}, "model: Extra inputs"),
        ({"stream": True}, "stream: Extra inputs"),
        ({"anthropic_version": "vertex-2023-10-16"}, "anthropic_version: Input should be"),
        ({"anthropic_version": None}, "anthropic_version"),
        ({"anthropic_beta": "interleaved-thinking-2025-05-14"}, "anthropic_beta: Input should be a valid list"),
        ({"cache_control": {"type": "ephemeral"}}, "cache_control: Extra inputs"),
        ({"mcp_servers": []}, "mcp_servers: Extra inputs"),
        ({"thinking": {"type": "disabled"}}, "disabled"),
        ({"tools": [{"type": "web_search_20250305", "name": "web_search"}]}, "tools.0: Input tag"),
        ({"tools": [{**ADD, "defer_loading": True}]}, "defer_loading: Extra inputs"),
        ({"nonsense": 1}, "nonsense: Extra inputs"),
        ({"max_tokens": 10**9}, "max_tokens"),
        ({"messages": []}, "messages"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image", "source": {"type": "url", "url": "https://x.test/a.png"}}]}]},
            "messages.0.content.0.image.source: Input tag 'url'",
        ),
    ],
)
def test_bodies_that_bedrock_refuses(runtime, changes, words):
    with pytest.raises(ClientError, match=words) as caught:
        runtime.invoke_model(modelId=OPUS, body=body(**changes))
    assert caught.value.response["Error"]["Code"] == "ValidationException"


def test_boto3_counts_tokens(runtime):
    request = {"invokeModel": {"body": body("Hello there")}}
    counted = runtime.count_tokens(modelId="anthropic.claude-sonnet-4-5-20250929-v1:0", input=request)
    message = json.loads(runtime.invoke_model(modelId=SONNET, body=body("Hello there"))["body"].read())
    assert counted["inputTokens"] == message["usage"]["input_tokens"]
    for model in (SONNET, "anthropic.claude-opus-5-5"):
        with pytest.raises(ClientError, match="doesn't support counting tokens"):
            runtime.count_tokens(modelId=model, input=request)


@pytest.mark.parametrize(
    "exception",
    [
        "internalServerException",
        "modelStreamErrorException",
        "modelTimeoutException",
        "serviceUnavailableException",
        "throttlingException",
        "validationException",
    ],
)
@pytest.mark.parametrize("after", [0, 3])
def test_boto3_decodes_exception_frames(runtime, emulator, exception, after):
    emulator.script({"exception": {"type": exception, "message": "no", "after_events": after, "original_status": 529}})
    seen = []
    with pytest.raises(EventStreamError) as caught:
        for event in runtime.invoke_model_with_response_stream(modelId=OPUS, body=body("Hello " * 20))["body"]:
            seen.append(event)
    assert caught.value.response["Error"]["Code"] == exception
    assert len(seen) == after


def test_boto3_decodes_error_frames(runtime, emulator):
    emulator.script({"error_frame": {"code": "SlowDown", "message": "later", "after_events": 1}})
    with pytest.raises(EventStreamError, match="later") as caught:
        events_of(runtime.invoke_model_with_response_stream(modelId=OPUS, body=body()))
    assert caught.value.response["Error"]["Code"] == "SlowDown"


@pytest.mark.parametrize("kind", ["message_crc", "prelude_crc", "payload", "length"])
def test_corrupt_frames_are_seen(runtime, emulator, kind):
    emulator.script({"bad_frame": {"kind": kind, "after_events": 2}})
    with pytest.raises(ParserError):  # a bad checksum, a length beyond the limit
        events_of(runtime.invoke_model_with_response_stream(modelId=OPUS, body=body("Hello " * 20)))


def test_half_a_frame_and_a_cut_stream(runtime, emulator):
    whole = len(events_of(runtime.invoke_model_with_response_stream(modelId=OPUS, body=body("Hello " * 20))))
    emulator.script({"bad_frame": {"kind": "cut", "after_events": 2}})
    # botocore takes a clean end inside a frame for the end: that is why a client has to miss `message_stop`.
    assert len(events_of(runtime.invoke_model_with_response_stream(modelId=OPUS, body=body("Hello " * 20)))) == 2 < whole
    emulator.script({"cut_after_bytes": 900})
    with pytest.raises(Exception, match="prematurely|Connection|IncompleteRead"):
        events_of(runtime.invoke_model_with_response_stream(modelId=OPUS, body=body("Hello " * 20)))


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "ValidationException"),
        (403, "AccessDeniedException"),
        (408, "ModelTimeoutException"),
        (424, "ModelErrorException"),
        (429, "ThrottlingException"),
        (500, "InternalServerException"),
        (503, "ServiceUnavailableException"),
    ],
)
def test_scripted_errors_have_the_form_of_the_service(runtime, emulator, status, code):
    emulator.script({"error": {"status": status, "message": "so it is"}})
    with pytest.raises(ClientError, match="so it is") as caught:
        runtime.invoke_model(modelId=OPUS, body=body())
    assert (caught.value.response["Error"]["Code"], caught.value.response["ResponseMetadata"]["HTTPStatusCode"]) == (code, status)


def test_a_named_error_and_a_scripted_answer(runtime, emulator):
    emulator.script({"error": {"status": 429, "type": "ModelNotReadyException"}}, {"text": "scripted", "match": {"model": OPUS}})
    with pytest.raises(ClientError) as caught:
        runtime.invoke_model(modelId=OPUS, body=body())
    assert caught.value.response["Error"]["Code"] == "ModelNotReadyException"
    assert json.loads(runtime.invoke_model(modelId=SONNET, body=body())["body"].read())["content"][0]["text"] == "You said: Hello"
    assert json.loads(runtime.invoke_model(modelId=OPUS, body=body())["body"].read())["content"][0]["text"] == "scripted"


def test_a_script_with_a_typing_error_is_refused(emulator):
    for step in (
        {"exception": {"type": "throttlingexception"}},
        {"bad_frame": {"kind": "broken"}},
        {"error_frame": {"code": "A"}, "bad_frame": {"kind": "cut"}},
    ):
        with pytest.raises(RuntimeError, match="step"):
            emulator.script(step)


def test_an_exception_frame_byte_for_byte(emulator):
    """The frame was made and checked with botocore's decoder apart from the emulator."""
    emulator.script({"exception": {"type": "throttlingException", "message": "Too many requests"}})
    address = urllib.parse.urlsplit(emulator.base_url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
    try:
        headers = {"authorization": "Bearer a-key", "content-type": "application/json"}
        connection.request("POST", f"/model/{OPUS}/invoke-with-response-stream", body(), headers)
        answer = connection.getresponse()
        frame = answer.read()
    finally:
        connection.close()
    assert answer.getheader("content-type") == "application/vnd.amazon.eventstream"
    assert frame.hex() == (
        "00000090000000618e91a9b70f3a657863657074696f6e2d747970650700137468726f74746c696e67457863657074696f6e0d3a636f6e74656e742d74"
        "7970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d74797065070009657863657074696f6e7b226d657373616765223a2254"
        "6f6f206d616e79207265717565737473227de67f8005"
    )
