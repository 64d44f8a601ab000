"""Another spelling of `cortex`: the same objects."""

from cortex import *  # noqa: F403
from cortex import __all__, __version__  # noqa: F401
