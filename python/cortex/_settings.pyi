"""The dicts that an engine takes and gives, for type checkers only: any mapping is taken, and plain dicts are given."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Literal, TypedDict

_Key = str | Callable[[], str | None] | Callable[[], Awaitable[str | None]] | None

class ProviderSettings(TypedDict, total=False):
    """The keys of one provider's dict."""

    api_key: _Key
    base_url: str | None
    api_version: str | None
    bedrock: bool
    aws_region: str | None
    vertex_ai: bool
    project: str | None
    location: str | None
    default_model: str | None
    model_path: str | None
    aws_profile: str | None
    aws_access_key_id: str | None
    aws_secret_access_key: str | None
    aws_session_token: str | None
    aws_auth: Literal["auto", "bearer", "sigv4"] | None
    guardrail_id: str | None
    guardrail_version: str | None
    service_tier: str | None
    quota_project: str | None
    organization: str | None
    azure_endpoint: str | None
    azure_deployment: str | None

class Budgets(TypedDict, total=False):
    """What may be spent: US dollars by the catalogue's prices, and tokens."""

    call_usd: float | None
    call_tokens: int | None
    run_usd: float | None
    run_tokens: int | None
    session_usd: float | None
    session_tokens: int | None
    user_usd: float | None
    user_tokens: int | None
    engine_usd: float | None
    engine_tokens: int | None

class CostLine(TypedDict):
    """A line of `Engine.costs()`."""

    provider: str
    model: str
    user_id: str
    calls: int
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    cache_write_tokens: int
    cost_usd: float | None
    unknown_cost_calls: int

class CostReport(TypedDict):
    """What `Engine.costs()` returns."""

    total: CostLine
    by_provider: list[CostLine]
    by_model: list[CostLine]
    by_user: list[CostLine]
    lines: list[CostLine]

class BudgetQuestion:
    @property
    def request_id(self) -> str: ...
    @property
    def scope(self) -> Literal["call", "run", "session", "user", "engine"]: ...
    @property
    def user_id(self) -> str: ...
    @property
    def session_id(self) -> str: ...
    @property
    def provider(self) -> str: ...
    @property
    def model(self) -> str: ...
    @property
    def unit(self) -> Literal["usd", "tokens"]: ...
    @property
    def limit(self) -> float: ...
    @property
    def spent(self) -> float: ...
    @property
    def reserved(self) -> float: ...
    @property
    def needed(self) -> float: ...
    @property
    def message(self) -> str: ...

_More = float | Mapping[str, float | int | None] | None
_OnBudget = Callable[[BudgetQuestion], _More] | Callable[[BudgetQuestion], Awaitable[_More]] | None
