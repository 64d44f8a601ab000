"""`from corteX.sdk import Engine`: the same objects as `cortex`."""

from cortex import *  # noqa: F403
from cortex import __all__, __version__  # noqa: F401
