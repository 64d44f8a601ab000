"""The exceptions of corteX: one family, properties on the base. C++ raises them by the code of the failure."""

import builtins


class Error(Exception):
    """Base of everything that corteX raises.

    `code` names the kind of failure in snake_case; `retryable` says whether the same call may succeed later. `provider`,
    `model`, `http_status`, `request_id` and `retry_after` (seconds) are None where they do not apply. `partial_content` is
    the text that had arrived before the failure. No attribute ever holds a secret.
    """

    code = "unknown"

    def __init__(self, message="", *, provider=None, model=None, http_status=None, retry_after=None,
                 request_id=None, retryable=False, partial_content=""):
        super().__init__(message)
        self.provider = provider
        self.model = model
        self.http_status = http_status
        self.retry_after = retry_after
        self.request_id = request_id
        self.retryable = retryable
        self.partial_content = partial_content


class ConfigError(Error, ValueError):
    """Something is wrong before any byte was sent; the message names the field."""

    code = "config"


class ProviderError(Error):
    """The vendor answered with a failure."""

    code = "provider"


class ProviderAuthError(ProviderError):
    """Missing, refused or expired credentials; the message names where they are looked for."""

    code = "auth"


AuthenticationError = ProviderAuthError


class RateLimitError(ProviderError):
    """Too many requests: wait `retry_after`. Where `retryable` is False the quota is used up."""

    code = "rate_limit"


class ServiceUnavailableError(ProviderError):
    """Overloaded or broken on the vendor's side: try later."""

    code = "unavailable"


class ModelNotFoundError(ProviderError):
    """The vendor does not know the model id."""

    code = "model_not_found"


class InvalidRequestError(ProviderError):
    """The vendor refused the request's content."""

    code = "invalid_request"


class ContextLengthError(ProviderError):
    """The conversation does not fit the model's window."""

    code = "context_length"


class ContentFilterError(ProviderError):
    """The model, or a filter before it, refused to answer."""

    code = "content_filter"


class NetworkError(Error):
    """No connection, or one that broke."""

    code = "network"


class TimeoutError(Error, builtins.TimeoutError):
    """A deadline passed."""

    code = "timeout"


class CancelledError(Error):
    """The turn was cancelled, or its session is closed. (A cancelled asyncio task raises asyncio.CancelledError instead.)"""

    code = "cancelled"


class BudgetExceededError(Error):
    """Stopped by a limit that the user set."""

    code = "budget_exceeded"


class SessionBusyError(Error):
    """A session takes one turn at a time."""

    code = "session_busy"


class StorageError(Error):
    """A file or store could not be read or written."""

    code = "storage"


class ProtocolError(Error):
    """Bytes that are not what the protocol allows."""

    code = "protocol"


class ForkError(Error):
    """The engine was made before os.fork() and cannot be used in the child: make a new one there."""

    code = "fork"


class Notice(UserWarning):
    """What a turn wants its user to know: a model that retires, a default that changed."""


# Tracebacks and logs show the names that a program catches.
for _class in list(globals().values()):
    if isinstance(_class, type):
        _class.__module__ = "cortex"
del _class
