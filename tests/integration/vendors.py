"""Every way to a model that the engine knows, each led to one emulator: what a test needs to ask them all the same."""

import json
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Way:
    name: str          # of the provider
    settings: dict     # its table; {base} stands for the emulator's address
    orchestrator: str
    worker: str
    path: str          # part of the address that its turns are sent to
    wrong: dict = field(default_factory=dict)   # settings that the service refuses; empty: it refuses nobody

    def provider(self, base, **changes):
        return {key: value.replace("{base}", base) if isinstance(value, str) else value for key, value in {**self.settings, **changes}.items()}

    def providers(self, base, **changes):
        return {self.name: self.provider(base, **changes)}

    def toml(self, base, **changes):
        lines = [f"{key} = {json.dumps(value)}" for key, value in self.provider(base, **changes).items()]
        return f'orchestrator_model = "{self.orchestrator}"\nworker_model = "{self.worker}"\n\n[providers.{self.name}]\n' + "\n".join(lines) + "\n"


WAYS = {
    "anthropic": Way("anthropic", {"api_key": "sk-ant-api03-good-0001", "base_url": "{base}"}, "claude-opus-4-6", "claude-haiku-4-5", "/v1/messages",
                     {"api_key": "sk-ant-api03-wrong-0001"}),
    "openai-responses": Way("openai", {"api_key": "sk-proj-good-0001", "base_url": "{base}/v1"}, "gpt-5.4", "gpt-5.4-mini", "/v1/responses",
                            {"api_key": "sk-proj-wrong-0001"}),
    "openai-chat": Way("openai", {"api_key": "sk-proj-good-0001", "base_url": "{base}/v1"}, "gpt-4o", "gpt-4o-mini", "/v1/chat/completions",
                       {"api_key": "sk-proj-wrong-0001"}),
    "azure-deployment": Way("azure", {"api_key": "azure-good-0001", "azure_endpoint": "{base}", "api_version": "2024-10-21"}, "gpt-4o", "gpt-4o-mini",
                            "/openai/deployments/", {"api_key": "azure-wrong-0001"}),
    "azure-v1": Way("azure", {"api_key": "azure-good-0001", "base_url": "{base}/openai/v1"}, "gpt-5.4", "gpt-5.4-mini", "/openai/v1/responses",
                    {"api_key": "azure-wrong-0001"}),
    "gemini": Way("gemini", {"api_key": "AIza-good-0001", "base_url": "{base}"}, "gemini-3.1-pro-preview", "gemini-3.5-flash-lite", "/v1beta/models/",
                  {"api_key": "AIza-wrong-0001"}),
    "gemini-vertex": Way("gemini", {"project": "emulator-project", "location": "us-central1", "base_url": "{base}/v1"}, "gemini-2.5-pro", "gemini-2.5-flash",
                         "/publishers/google/models/", {"project": "denied-project"}),
    "server": Way("vllm", {"base_url": "{base}/v1"}, "qwen3-32b", "qwen3-8b", "/v1/chat/completions"),
}


def google_login(emulator, folder):
    """Writes a service account's key file whose addresses are the emulator's; returns the variables that lead there."""
    files = emulator._control("GET", f"google/files?folder={folder}")
    path = folder / "service_account.json"
    path.write_text(json.dumps(files["service_account.json"]))
    return {"GOOGLE_APPLICATION_CREDENTIALS": str(path), "NO_GCE_CHECK": "true"}


def turns(emulator, path=""):
    """The requests for an answer, without those for tokens."""
    words = ("/messages", "/completions", "/responses", "enerateContent", ":rawPredict", ":streamRawPredict", "/invoke")
    return [request for request in emulator.requests()
            if request["method"] == "POST" and any(word in request["target"] for word in words) and path in request["target"]]


def model_of(request):
    """Whom a request asked, from its body or its address."""
    body = request["json"] or {}
    if "model" in body:
        return body["model"]
    target = request["target"].split("?")[0]
    return target.rpartition("/models/")[2].rpartition(":")[0] if "/models/" in target else target.partition("/deployments/")[2].partition("/")[0]

