"""The emulated upstream: Cloudflare's AI Gateway API over invented logs, in process or on a port."""

from . import seed
from .access import TOKENS
from .app import Sandbox
from .gateways import ACCOUNT_ID
from .options import Options
from .store import Store

__all__ = ["ACCOUNT_ID", "TOKENS", "Options", "Sandbox", "Store", "seed"]
