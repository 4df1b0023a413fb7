"""The account, and the three gateways it starts with."""

from typing import Any

ACCOUNT_ID = "5a9d8c0e7b1f4a63b2d4e6f80c1a3b57"
ACCOUNT = {
    "id": ACCOUNT_ID,
    "name": "Sandbox account",
    "type": "standard",
    "created_on": "2024-03-11T09:20:00.000000Z",
    "settings": {"enforce_twofactor": False},
}
SMALLEST_CAP, LARGEST_CAP = 10_000, 10_000_000
SHARES = {"prod-edge": 0.82, "support-bot": 0.15, "staging": 0.03}  # of the invented logs


def cap_near(count: int) -> int:
    """A storage cap, in steps of ten thousand, that so many logs nearly fill."""
    return min(LARGEST_CAP, max(SMALLEST_CAP, -(-round(count * 1.03) // 10_000) * 10_000))


def gateway(name: str, **own: Any) -> dict[str, Any]:
    """A gateway with the settings it has when nobody touches them."""
    return {
        "id": name, "created_at": "2025-02-03T10:00:00.000Z", "modified_at": "2026-10-19T14:31:07.000Z",
        "collect_logs": True, "cache_ttl": 0, "cache_invalidate_on_update": False, "rate_limiting_interval": 0,
        "rate_limiting_limit": 0, "rate_limiting_technique": "fixed", "authentication": False, "is_default": False,
        "log_management": LARGEST_CAP, "log_management_strategy": "DELETE_OLDEST", "logpush": False,
        "logpush_public_key": None, "retry_backoff": None, "retry_delay": None, "retry_max_attempts": None,
        "store_id": None, "workers_ai_billing_mode": "postpaid", "zdr": False, "dlp": None, "guardrails": None,
        "otel": None, "stripe": None, "wholesale": False,
    } | own  # fmt: skip


def default_gateways(logs: int = 0) -> list[dict[str, Any]]:
    """The gateways of an account that holds so many logs."""
    return [
        gateway("prod-edge", is_default=True, cache_ttl=300, retry_max_attempts=2, retry_delay=500,
                retry_backoff="exponential", rate_limiting_interval=60, rate_limiting_limit=6000),
        gateway("support-bot", authentication=True, log_management=cap_near(int(logs * SHARES["support-bot"])),
                log_management_strategy="STOP_INSERTING",
                guardrails={"prompt": {"S1": "BLOCK", "P1": "FLAG"}, "response": {"S1": "BLOCK"}},
                dlp={"enabled": True, "action": "FLAG", "profiles": ["b4a7c1de-0000-4000-8000-000000000001"]}),
        gateway("staging", log_management=SMALLEST_CAP, log_management_strategy="STOP_INSERTING",
                collect_logs=False, created_at="2026-06-30T08:12:44.000Z"),
    ]  # fmt: skip
