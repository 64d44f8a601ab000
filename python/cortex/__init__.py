"""corteX: a native engine for LLM agents.

    engine = cortex.Engine(providers={"anthropic": {"api_key": "sk-ant-..."}})
    session = engine.create_agent("analyst").start_session()
    response = await session.run("...")
"""

import atexit as _atexit

from . import _core
from ._core import (Attachment, Attempt, BudgetQuestion, ModelSummary, ProviderStatus, RequestPreview, Response, ResponseMetadata,
                    RoutingReport, StreamChunk, ThinkingReport, models)
from ._engine import Agent, Engine, quick_agent
from ._errors import (AuthenticationError, BudgetExceededError, CancelledError, ConfigError, ContentFilterError,
                      ContextLengthError, Error, ForkError, InvalidRequestError, ModelNotFoundError, NetworkError, Notice,
                      ProtocolError, ProviderAuthError, ProviderError, RateLimitError, ServiceUnavailableError,
                      SessionBusyError, StorageError, TimeoutError)
from ._session import Session, Stream, SyncStream
from ._tools import (Approval, ToolCall, ToolContext, ToolRegistry, ToolWrapper, clear_tools, get_registered_tools, get_tool,
                     tool)

__version__ = _core.version()

__all__ = [
    "Agent", "Approval", "Attachment", "Attempt", "AuthenticationError", "BudgetExceededError", "BudgetQuestion", "CancelledError", "ConfigError",
    "ContentFilterError", "ContextLengthError", "Engine", "Error", "ForkError", "InvalidRequestError", "ModelNotFoundError",
    "ModelSummary", "NetworkError", "Notice", "ProtocolError", "ProviderAuthError", "ProviderError", "ProviderStatus",
    "RateLimitError", "RequestPreview", "Response", "ResponseMetadata", "RoutingReport", "ServiceUnavailableError", "Session",
    "SessionBusyError", "StorageError", "Stream", "StreamChunk", "SyncStream", "ThinkingReport", "TimeoutError", "ToolCall",
    "ToolContext", "ToolRegistry", "ToolWrapper", "__version__", "clear_tools", "get_registered_tools", "get_tool", "models",
    "quick_agent", "tool",
]

for _class in (Agent, Approval, Engine, Session, Stream, SyncStream, ToolCall, ToolContext, ToolRegistry, ToolWrapper):
    _class.__module__ = "cortex"  # as users write it
del _class

# The engine's threads end before the interpreter does: whatever is still running then is cancelled.
_atexit.register(_core._release_all)
