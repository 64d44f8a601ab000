import builtins
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, Literal, Self, TypeVar, overload

from ._errors import BudgetExceededError as BudgetExceededError
from ._errors import CancelledError as CancelledError
from ._errors import ConfigError as ConfigError
from ._errors import ContentFilterError as ContentFilterError
from ._errors import ContextLengthError as ContextLengthError
from ._errors import Error as Error
from ._errors import ForkError as ForkError
from ._errors import InvalidRequestError as InvalidRequestError
from ._errors import ModelNotFoundError as ModelNotFoundError
from ._errors import NetworkError as NetworkError
from ._errors import Notice as Notice
from ._errors import ProtocolError as ProtocolError
from ._errors import ProviderAuthError as ProviderAuthError
from ._errors import ProviderError as ProviderError
from ._errors import RateLimitError as RateLimitError
from ._errors import ServiceUnavailableError as ServiceUnavailableError
from ._errors import SessionBusyError as SessionBusyError
from ._errors import StorageError as StorageError
from ._errors import TimeoutError as TimeoutError
from ._settings import BudgetQuestion as BudgetQuestion
from ._settings import Budgets as Budgets
from ._settings import CostLine as CostLine
from ._settings import CostReport as CostReport
from ._settings import _OnBudget
from ._settings import ProviderSettings as ProviderSettings
from ._tools import Approval as Approval
from ._tools import ToolCall as ToolCall
from ._tools import ToolContext as ToolContext
from ._tools import ToolRegistry as ToolRegistry
from ._tools import ToolWrapper as ToolWrapper
from ._tools import clear_tools as clear_tools
from ._tools import get_registered_tools as get_registered_tools
from ._tools import get_tool as get_tool
from ._tools import tool as tool

__version__: str
__all__: list[str]

_Thinking = Literal["auto", "off"] | str | int | None
_Model = TypeVar("_Model")
_Schema = Mapping[str, Any] | str | type[Any] | None
_Attachments = Sequence[Attachment | Mapping[str, Any]] | None
_Tools = ToolRegistry | Iterable[ToolWrapper[..., Any] | ToolRegistry | Callable[..., Any]] | None

class Engine:
    def __init__(
        self,
        providers: Mapping[str, Mapping[str, Any] | ProviderSettings | None] | None = None,
        orchestrator_model: str | None = None,
        worker_model: str | None = None,
        *,
        max_retries: int | None = None,
        retry_after_cap: float | None = None,
        connect_timeout: float | None = None,
        idle_timeout: float | None = None,
        call_timeout: float | None = None,
        io_threads: int | None = None,
        tool_threads: int | None = None,
        allow_thinking: bool | None = None,
        models_path: str | None = None,
        fallback_models: Sequence[str] | None = None,
        failover: bool | None = None,
        failover_on_auth_error: bool | None = None,
        continue_in_midstream: bool | None = None,
        hedge_after: float | None = None,
        hedge_budget: float | None = None,
        budgets: Budgets | Mapping[str, float | int | None] | None = None,
        on_budget: _OnBudget = None,
    ) -> None: ...
    @property
    def providers(self) -> list[ProviderStatus]: ...
    def create_agent(
        self,
        name: str,
        system_prompt: str = "",
        tools: _Tools = None,
        goal_tracking: bool = True,
        loop_prevention: bool = True,
        max_tool_rounds: int = 5,
        max_parallel_tools: int = 16,
        allow_thinking: bool = True,
    ) -> Agent: ...
    def models(self) -> list[ModelSummary]: ...
    def costs(self) -> CostReport: ...
    async def verify(self) -> list[ProviderStatus]: ...
    def verify_sync(self) -> list[ProviderStatus]: ...

class Agent:
    @property
    def name(self) -> str: ...
    @property
    def system_prompt(self) -> str: ...
    @property
    def tools(self) -> list[ToolWrapper[..., Any]]: ...
    def start_session(self, user_id: str = "default", session_id: str | None = None) -> Session: ...

class Session:
    @property
    def session_id(self) -> str: ...
    @property
    def user_id(self) -> str: ...
    async def run(
        self,
        text: str,
        *,
        thinking: _Thinking = None,
        timeout: float | None = None,
        max_cost: float | None = None,
        max_tokens: int | None = None,
        attachments: _Attachments = None,
        temperature: float | None = None,
        show_thinking: bool = False,
        answer_schema: _Schema = None,
    ) -> Response: ...
    @overload
    async def run_structured(
        self,
        text: str,
        schema: type[_Model],
        *,
        thinking: _Thinking = None,
        timeout: float | None = None,
        max_cost: float | None = None,
        max_tokens: int | None = None,
        attachments: _Attachments = None,
        temperature: float | None = None,
        show_thinking: bool = False,
    ) -> _Model: ...
    @overload
    async def run_structured(
        self,
        text: str,
        schema: Mapping[str, Any] | str,
        *,
        thinking: _Thinking = None,
        timeout: float | None = None,
        max_cost: float | None = None,
        max_tokens: int | None = None,
        attachments: _Attachments = None,
        temperature: float | None = None,
        show_thinking: bool = False,
    ) -> Any: ...
    def run_stream(
        self,
        text: str,
        *,
        thinking: _Thinking = None,
        timeout: float | None = None,
        max_cost: float | None = None,
        max_tokens: int | None = None,
        attachments: _Attachments = None,
        temperature: float | None = None,
        show_thinking: bool = False,
        answer_schema: _Schema = None,
    ) -> Stream: ...
    async def close(self) -> dict[str, Any]: ...
    async def __aenter__(self) -> Self: ...
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def run_sync(
        self,
        text: str,
        *,
        thinking: _Thinking = None,
        timeout: float | None = None,
        max_cost: float | None = None,
        max_tokens: int | None = None,
        attachments: _Attachments = None,
        temperature: float | None = None,
        show_thinking: bool = False,
        answer_schema: _Schema = None,
    ) -> Response: ...
    @overload
    def run_structured_sync(
        self,
        text: str,
        schema: type[_Model],
        *,
        thinking: _Thinking = None,
        timeout: float | None = None,
        max_cost: float | None = None,
        max_tokens: int | None = None,
        attachments: _Attachments = None,
        temperature: float | None = None,
        show_thinking: bool = False,
    ) -> _Model: ...
    @overload
    def run_structured_sync(
        self,
        text: str,
        schema: Mapping[str, Any] | str,
        *,
        thinking: _Thinking = None,
        timeout: float | None = None,
        max_cost: float | None = None,
        max_tokens: int | None = None,
        attachments: _Attachments = None,
        temperature: float | None = None,
        show_thinking: bool = False,
    ) -> Any: ...
    def run_stream_sync(
        self,
        text: str,
        *,
        thinking: _Thinking = None,
        timeout: float | None = None,
        max_cost: float | None = None,
        max_tokens: int | None = None,
        attachments: _Attachments = None,
        temperature: float | None = None,
        show_thinking: bool = False,
        answer_schema: _Schema = None,
    ) -> SyncStream: ...
    def preview(
        self,
        text: str,
        *,
        streaming: bool = True,
        thinking: _Thinking = None,
        timeout: float | None = None,
        max_cost: float | None = None,
        max_tokens: int | None = None,
        attachments: _Attachments = None,
        temperature: float | None = None,
        show_thinking: bool = False,
        answer_schema: _Schema = None,
    ) -> RequestPreview: ...
    def get_dual_process_stats(self) -> dict[str, Any]: ...
    def close_sync(self) -> dict[str, Any]: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

class Stream(AsyncIterator[StreamChunk]):
    @property
    def response(self) -> Response | None: ...
    @property
    def metadata(self) -> ResponseMetadata | None: ...
    def __aiter__(self) -> Self: ...
    async def __anext__(self) -> StreamChunk: ...
    async def aclose(self) -> None: ...
    async def __aenter__(self) -> Self: ...
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

class SyncStream(Iterator[StreamChunk]):
    @property
    def response(self) -> Response | None: ...
    @property
    def metadata(self) -> ResponseMetadata | None: ...
    def __iter__(self) -> Self: ...
    def __next__(self) -> StreamChunk: ...
    def close(self) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

class _Value:
    def to_dict(self) -> dict[str, Any]: ...
    def keys(self) -> list[str]: ...
    def __getitem__(self, name: str) -> Any: ...

class Response(_Value):
    @property
    def content(self) -> str: ...
    @property
    def metadata(self) -> ResponseMetadata: ...

class ResponseMetadata(_Value):
    @property
    def model_used(self) -> str: ...
    @property
    def provider(self) -> str: ...
    @property
    def tokens_used(self) -> int: ...
    @property
    def input_tokens(self) -> int: ...
    @property
    def output_tokens(self) -> int: ...
    @property
    def cached_tokens(self) -> int: ...
    @property
    def cache_write_tokens(self) -> int: ...
    @property
    def thinking_tokens(self) -> int: ...
    @property
    def latency_ms(self) -> float: ...
    @property
    def overhead_ms(self) -> float: ...
    @property
    def finish_reason(self) -> str: ...
    @property
    def cost_usd(self) -> float | None: ...
    @property
    def request_id(self) -> str: ...
    @property
    def attempts(self) -> list[Attempt]: ...
    @property
    def thinking(self) -> ThinkingReport: ...
    @property
    def routing(self) -> RoutingReport: ...
    @property
    def notices(self) -> list[str]: ...
    @property
    def degraded(self) -> list[str]: ...
    @property
    def steps_taken(self) -> int: ...
    @property
    def tools_called(self) -> list[str]: ...
    @property
    def goal_progress(self) -> float: ...
    @property
    def drift_score(self) -> float: ...
    @property
    def loop_detected(self) -> bool: ...

class Attempt(_Value):
    @property
    def provider(self) -> str: ...
    @property
    def model(self) -> str: ...
    @property
    def outcome(self) -> str: ...
    @property
    def http_status(self) -> int: ...
    @property
    def duration_ms(self) -> float: ...
    @property
    def input_tokens(self) -> int: ...
    @property
    def output_tokens(self) -> int: ...
    @property
    def cost_usd(self) -> float | None: ...
    @property
    def request_id(self) -> str: ...

class ThinkingReport(_Value):
    @property
    def enabled(self) -> bool: ...
    @property
    def form(self) -> str: ...
    @property
    def budget(self) -> int: ...
    @property
    def effort(self) -> str: ...
    @property
    def tokens(self) -> int: ...
    @property
    def reasons(self) -> list[str]: ...

class RoutingReport(_Value):
    @property
    def path(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def complexity(self) -> float: ...
    @property
    def uncertainty(self) -> float: ...
    @property
    def need(self) -> float: ...
    @property
    def threshold(self) -> float: ...
    @property
    def reasons(self) -> list[str]: ...

class StreamChunk:
    @property
    def content(self) -> str: ...
    @property
    def chunk_type(self) -> Literal["content", "thinking", "tool_execution", "tool_result", "continuation"]: ...
    @property
    def is_final(self) -> bool: ...
    @property
    def finish_reason(self) -> str | None: ...
    @property
    def model(self) -> str | None: ...
    @property
    def tool_call_delta(self) -> dict[str, Any] | None: ...
    @property
    def thinking_delta(self) -> str | None: ...
    @property
    def metadata(self) -> ResponseMetadata | None: ...
    def to_dict(self) -> dict[str, Any]: ...

class Attachment:
    def __init__(
        self,
        media_type: str | None = None,
        data: bytes | None = None,
        url: str | None = None,
        file_id: str | None = None,
        title: str | None = None,
    ) -> None: ...
    @property
    def media_type(self) -> str: ...
    @property
    def data(self) -> bytes: ...
    @property
    def url(self) -> str: ...
    @property
    def file_id(self) -> str: ...
    @property
    def title(self) -> str: ...

class ProviderStatus(_Value):
    @property
    def name(self) -> str: ...
    @property
    def auth_mode(self) -> str: ...
    @property
    def credential_source(self) -> str: ...
    @property
    def base_url(self) -> str: ...
    @property
    def default_model(self) -> str: ...
    @property
    def status(self) -> Literal["missing", "present", "verified", "rejected"]: ...
    @property
    def detail(self) -> str: ...
    @property
    def considered(self) -> list[str]: ...
    @property
    def expires_at(self) -> datetime | None: ...
    @property
    def health(self) -> Literal["healthy", "failing", "rate_limited"]: ...

class ModelSummary(_Value):
    @property
    def id(self) -> str: ...
    @property
    def provider(self) -> str: ...
    @property
    def display_name(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def standing(self) -> str: ...
    @property
    def context_window(self) -> int: ...
    @property
    def max_output_tokens(self) -> int: ...
    @property
    def input_usd_per_mtok(self) -> float | None: ...
    @property
    def output_usd_per_mtok(self) -> float | None: ...
    @property
    def retires_at(self) -> str: ...
    @property
    def successor(self) -> str: ...
    @property
    def aliases(self) -> list[str]: ...

class RequestPreview(_Value):
    @property
    def provider(self) -> str: ...
    @property
    def model(self) -> str: ...
    @property
    def method(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def headers(self) -> list[tuple[str, str]]: ...
    @property
    def body(self) -> str: ...
    @property
    def decisions(self) -> list[str]: ...

def models(models_path: str | None = None) -> list[ModelSummary]: ...
def quick_agent(
    name: str = "agent",
    system_prompt: str = "You are a helpful assistant.",
    tools: _Tools = None,
    user_id: str = "default",
    *,
    providers: Mapping[str, Mapping[str, Any] | ProviderSettings | None] | None = None,
    orchestrator_model: str | None = None,
    worker_model: str | None = None,
    **engine_fields: Any,
) -> tuple[Agent, Session]: ...
