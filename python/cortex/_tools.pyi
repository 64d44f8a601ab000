from collections.abc import Awaitable, Callable, Generator, Iterable, Iterator
from types import ModuleType
from typing import Any, Generic, ParamSpec, Self, TypeVar, overload

_P = ParamSpec("_P")
_R = TypeVar("_R")
_R_co = TypeVar("_R_co", covariant=True)
_Verdict = Approval | bool | str | dict[str, Any]
_Approve = Callable[[ToolCall], _Verdict] | Callable[[ToolCall], Awaitable[_Verdict]] | None

class ToolContext:
    session_id: str
    user_id: str
    call_id: str
    def __init__(self, session_id: str = "", user_id: str = "", call_id: str = "") -> None: ...
    @property
    def cancelled(self) -> bool: ...
    def wait(self, timeout: float | None = None) -> bool: ...

class ToolCall:
    name: str
    arguments: dict[str, Any]
    call_id: str
    session_id: str
    user_id: str
    def __init__(
        self, name: str, arguments: dict[str, Any], call_id: str = "", session_id: str = "", user_id: str = ""
    ) -> None: ...

class Approval:
    allowed: bool
    reason: str
    arguments: dict[str, Any] | None
    def __init__(self, allowed: bool = False, reason: str = "", arguments: dict[str, Any] | None = None) -> None: ...
    @classmethod
    def allow(cls) -> Self: ...
    @classmethod
    def deny(cls, reason: str = "") -> Self: ...
    @classmethod
    def edit(cls, arguments: dict[str, Any]) -> Self: ...

class _ToolText(str):
    def __await__(self) -> Generator[Any, None, str]: ...

class ToolWrapper(Generic[_P, _R_co]):
    func: Callable[_P, _R_co]
    name: str
    description: str
    timeout: float | None
    max_parallel: int
    max_result_bytes: int
    approve: _Approve
    is_async: bool
    def __init__(
        self,
        func: Callable[_P, _R_co],
        name: str | None = None,
        description: str | None = None,
        parameters: dict[str, Any] | None = None,
        *,
        timeout: float | None = 30.0,
        max_parallel: int = 0,
        max_result_bytes: int = 100_000,
        approve: _Approve = None,
    ) -> None: ...
    @property
    def parameters(self) -> dict[str, Any]: ...
    def to_definition(self) -> dict[str, Any]: ...
    def execute(self, /, **arguments: Any) -> _ToolText: ...
    def __call__(self, /, *args: _P.args, **kwargs: _P.kwargs) -> _R_co: ...
    def __get__(self, instance: object, owner: type | None = None) -> ToolWrapper[..., _R_co]: ...

class ToolRegistry:
    name: str
    def __init__(self, name: str = "tools") -> None: ...
    @overload
    def register(self, tool: ToolWrapper[_P, _R]) -> ToolWrapper[_P, _R]: ...
    @overload
    def register(self, tool: Callable[_P, _R]) -> ToolWrapper[_P, _R]: ...
    def get(self, name: str) -> ToolWrapper[..., Any] | None: ...
    def get_all(self) -> list[ToolWrapper[..., Any]]: ...
    def clear(self) -> None: ...
    def import_from(self, source: ToolRegistry | ModuleType | Iterable[Callable[..., Any]] | object) -> int: ...
    def __iter__(self) -> Iterator[ToolWrapper[..., Any]]: ...
    def __len__(self) -> int: ...
    def __contains__(self, name: object) -> bool: ...

class _Decorator:
    @overload
    def __call__(self, function: ToolWrapper[_P, _R]) -> ToolWrapper[_P, _R]: ...
    @overload
    def __call__(self, function: Callable[_P, _R]) -> ToolWrapper[_P, _R]: ...

@overload
def tool(name: Callable[_P, _R]) -> ToolWrapper[_P, _R]: ...
@overload
def tool(
    name: str | None = None,
    description: str | None = None,
    parameters: dict[str, Any] | None = None,
    *,
    timeout: float | None = 30.0,
    max_parallel: int = 0,
    max_result_bytes: int = 100_000,
    approve: _Approve = None,
) -> _Decorator: ...
def get_registered_tools() -> list[ToolWrapper[..., Any]]: ...
def get_tool(name: str) -> ToolWrapper[..., Any] | None: ...
def clear_tools() -> None: ...
