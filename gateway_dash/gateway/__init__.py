"""The remote API as Python: httpx and msgspec, no Django."""
