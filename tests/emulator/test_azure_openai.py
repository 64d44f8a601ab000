"""OpenAI's models on Azure: the official SDK's AzureOpenAI, the newer addresses, and what Azure refuses."""

import json

import pytest

openai = pytest.importorskip("openai", reason="the official SDK is not installed: pip install -r tests/requirements.txt")

USER = {"role": "user", "content": "Hi"}
TOOL = {"type": "function", "function": {"name": "add", "parameters": {"type": "object", "properties": {}}}}
KEY = "azure-key-0001"
CHAT = "/openai/deployments/team-gpt-4.1/chat/completions?api-version=2024-10-21"


@pytest.fixture
def azure(emulator):
    with openai.AzureOpenAI(azure_endpoint=emulator.base_url, api_key=KEY, api_version="2025-04-01-preview", max_retries=0) as client:
        yield client


@pytest.fixture
def newer(emulator):
    with openai.OpenAI(base_url=f"{emulator.base_url}/openai/v1/", api_key=KEY, max_retries=0) as client:
        yield client


def send(raw, target, body, **headers):
    return raw.send("POST", target, body, {"content-type": "application/json", **{name.replace("_", "-"): text for name, text in headers.items()}})


def test_the_deployment_decides_the_model(azure, emulator):
    answer = azure.chat.completions.create(model="team-gpt-5.4-mini-eu", messages=[USER])
    assert answer.model == "gpt-5.4-mini" and answer.choices[0].message.content == "You said: Hi"
    assert answer.prompt_filter_results[0]["content_filter_results"]["hate"] == {"filtered": False, "severity": "safe"}
    assert answer.choices[0].content_filter_results["violence"]["severity"] == "safe"
    assert emulator.requests()[0]["target"] == "/openai/deployments/team-gpt-5.4-mini-eu/chat/completions?api-version=2025-04-01-preview"
    with pytest.raises(openai.BadRequestError, match="max_completion_tokens"):
        azure.chat.completions.create(model="team-gpt-5.5", messages=[USER], max_tokens=5)


def test_the_first_chunk_has_no_choice(azure):
    chunks = list(azure.chat.completions.create(model="team-gpt-4.1", messages=[USER], stream=True))
    assert chunks[0].choices == [] and chunks[0].id == "" and chunks[0].prompt_filter_results
    assert "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices) == "You said: Hi"
    assert chunks[-1].choices[0].finish_reason == "stop"


@pytest.mark.parametrize("client", ["azure", "newer"])
def test_responses_on_both_addresses(request, client):
    client = request.getfixturevalue(client)
    answer = client.responses.create(model="team-gpt-5.5", input="Hi", store=False)
    assert answer.output_text == "You said: Hi" and answer.model == "gpt-5.5" and answer.output[0].encrypted_content
    events = list(client.responses.create(model="team-gpt-5.5", input="Hi", store=False, stream=True))
    assert events[-1].type == "response.completed" and events[-1].response.output_text == "You said: Hi"


def test_chat_on_the_newer_address(newer):
    assert newer.chat.completions.create(model="team-gpt-4.1", messages=[USER]).choices[0].message.content == "You said: Hi"
    quiet = newer.chat.completions.create(model="gpt-5.6-sol", messages=[USER], tools=[TOOL])
    assert quiet.usage.completion_tokens_details.reasoning_tokens == 0
    for model, options in (("gpt-5.6-sol", {"reasoning_effort": "low"}), ("gpt-6-sol", {})):
        with pytest.raises(openai.BadRequestError, match="/v1/responses"):
            newer.chat.completions.create(model=model, messages=[USER], tools=[TOOL], **options)


def test_entra_tokens_are_taken(emulator):
    client = openai.AzureOpenAI(azure_endpoint=emulator.base_url, azure_ad_token="ey.token", api_version="2024-10-21", max_retries=0)
    head = client.chat.completions.with_raw_response.create(model="team-gpt-4.1", messages=[USER]).headers
    assert head["x-ms-deployment-name"] == "team-gpt-4.1" and head["apim-request-id"] and head["x-ms-rai-invoked"] == "true"
    assert int(head["x-ratelimit-remaining-tokens"]) > 0 and "x-ratelimit-reset-tokens" not in head and "openai-version" not in head


def test_refusals_of_azures_own(azure, emulator):
    wrong = openai.AzureOpenAI(azure_endpoint=emulator.base_url, api_key="wrong-key-123456", api_version="2024-10-21", max_retries=0)
    with pytest.raises(openai.AuthenticationError, match="invalid subscription key") as denied:
        wrong.chat.completions.create(model="team-gpt-4.1", messages=[USER])
    assert denied.value.code == "401" and "123456" not in str(denied.value)
    for deployment in ("missing-gpt-4.1", "team-chat"):
        with pytest.raises(openai.NotFoundError, match="deployment for this resource does not exist") as missing:
            azure.chat.completions.create(model=deployment, messages=[USER])
        assert missing.value.code == "DeploymentNotFound"


def test_the_filter_refuses_a_prompt(azure, newer):
    for create in (
        lambda: azure.chat.completions.create(model="team-gpt-4.1", messages=[{"role": "user", "content": "FILTER_PROMPT"}]),
        lambda: newer.responses.create(model="team-gpt-4.1", input="FILTER_PROMPT"),
    ):
        with pytest.raises(openai.BadRequestError, match="content management policy") as caught:
            create()
        assert caught.value.code == "content_filter" and caught.value.param == "prompt"
        assert caught.value.body["innererror"]["code"] == "ResponsibleAIPolicyViolation"
        assert caught.value.body["innererror"]["content_filter_result"]["jailbreak"] == {"filtered": True, "detected": True}


def test_the_filter_cuts_an_answer(azure, emulator):
    emulator.script({"text": "Half", "stop_reason": "content_filter"})
    assert azure.chat.completions.create(model="team-gpt-4.1", messages=[USER]).choices[0].finish_reason == "content_filter"


@pytest.mark.parametrize(
    ("target", "status", "code"),
    [
        ("/openai/deployments/team-gpt-4.1/chat/completions", 404, "404"),
        ("/openai/deployments/team-gpt-4.1/chat/completions?api-version=latest", 404, "404"),
        ("/openai/deployments/team-gpt-4.1/responses?api-version=2025-04-01-preview", 404, "404"),
        ("/openai/responses?api-version=2024-10-21", 400, "BadRequest"),
        ("/openai/v1/embeddings", 404, "404"),
        ("/openai/nothing?api-version=2024-10-21", 404, "404"),
    ],
)
def test_addresses_and_versions(raw, target, status, code):
    found, _, answer = send(raw, target, {"model": "team-gpt-4.1", "input": "Hi"}, api_key=KEY)
    assert (found, answer["error"]["code"]) == (status, code)


def test_versions_that_the_newer_address_tolerates(raw):
    for version in ("preview", "latest", "2025-04-01-preview"):
        assert send(raw, f"/openai/v1/responses?api-version={version}", {"model": "gpt-4.1", "input": "Hi"}, api_key=KEY)[0] == 200
    assert send(raw, "/openai/v1/responses", {"model": "gpt-4.1", "input": "Hi"}, authorization=f"Bearer {KEY}")[0] == 200
    assert send(raw, "/openai/v1/responses", {"model": "gpt-4.1", "input": "Hi"})[0] == 401


def test_what_azure_does_not_take(raw):
    file = {"role": "user", "content": [{"type": "file", "file": {"file_id": "file-1"}}]}
    assert send(raw, CHAT, {"messages": [file]}, api_key=KEY)[0] == 400
    for target in ("/openai/responses?api-version=2025-04-01-preview", "/openai/v1/responses"):
        options = {"model": "gpt-6-sol", "input": "Hi", "prompt_cache_options": {"ttl": "30m"}}
        assert send(raw, target, options, api_key=KEY)[0] == (200 if "v1" in target else 400)
        assert send(raw, target, {**options, "prompt_cache_options": {"ttl": "12h"}}, api_key=KEY)[0] == 400


def test_sealed_reasoning_does_not_move_between_services(raw):
    def ask(target, items, **headers):
        return send(raw, target, {"model": "gpt-5.5", "input": items, "store": False}, **headers)

    direct = {"target": "/v1/responses", "authorization": f"Bearer {KEY}"}
    azure = {"target": "/openai/v1/responses", "api_key": KEY}
    for first, second in ((direct, azure), (azure, direct)):
        output = ask(items=[USER], **first)[2]["output"]
        assert ask(items=[USER, *output, USER], **first)[0] == 200
        status, _, answer = ask(items=[USER, *output, USER], **second)
        assert status == 400 and answer["error"]["code"] == "invalid_encrypted_content"


def test_scripted_errors_have_azures_shape(azure, emulator):
    emulator.script(
        {"error": {"status": 429, "message": "slower", "headers": {"retry-after": "7"}}},
        {"error": {"status": 408, "code": "Timeout"}},
        {"error": {"status": 400, "code": "content_filter"}},
    )
    with pytest.raises(openai.RateLimitError, match="slower") as limited:
        azure.chat.completions.create(model="team-gpt-4.1", messages=[USER])
    assert limited.value.code == "429" and limited.value.response.headers["retry-after"] == "7"
    with pytest.raises(openai.APIStatusError) as late:
        azure.responses.create(model="team-gpt-4.1", input="Hi")
    assert (late.value.status_code, late.value.code) == (408, "Timeout")
    with pytest.raises(openai.BadRequestError) as filtered:
        azure.responses.create(model="team-gpt-4.1", input="Hi")
    assert filtered.value.body["innererror"]["code"] == "ResponsibleAIPolicyViolation"


def test_an_overloaded_stream_is_a_200(azure, emulator):
    emulator.script({"text": "never", "sse_error": {"after_deltas": 0, "type": "rate_limit_exceeded"}, "headers": {"retry-after": "3"}})
    answer = azure.responses.with_raw_response.create(model="team-gpt-4.1", input="Hi", stream=True)
    assert answer.status_code == 200 and answer.headers["retry-after"] == "3"
    events = [json.loads(line[6:]) for line in answer.http_response.read().decode().splitlines() if line.startswith("data: ")]
    assert [event["type"] for event in events][-2:] == ["error", "response.failed"]
    assert events[-1]["response"]["error"]["code"] == "rate_limit_exceeded"
    assert not any(event["type"].endswith(".delta") for event in events)
