"""The bodies of refused calls: as the provider worded them, or the gateway itself."""

from typing import Any

type Body = dict[str, Any]

REASONS = {
    400: ("invalid_request_error", "We could not parse the JSON body of your request."),
    401: ("authentication_error", "Incorrect API key provided: sk-********************abcd."),
    404: ("not_found_error", "The model does not exist or you do not have access to it."),
    408: ("timeout_error", "The request took too long."),
    429: ("rate_limit_error", "Rate limit reached. Please try again in 2.1s."),
    500: ("api_error", "The server had an error while processing your request."),
    502: ("api_error", "Bad gateway."),
    503: ("api_error", "The engine is currently overloaded, please try again later."),
    529: ("overloaded_error", "Overloaded"),
}
GATEWAY_CODES = {402: (2021, "Not enough credits"), 424: (2016, "Prompt blocked due to security configurations")}


def failure(row: dict[str, Any]) -> Body:
    """What the caller of a failed request was told."""
    status, provider = row["status_code"], row["provider"]
    if status in GATEWAY_CODES:
        return gateway_failure(status, *GATEWAY_CODES[status])
    kind, message = REASONS.get(status, ("api_error", "Something went wrong."))
    if provider in ("anthropic", "aws-bedrock"):
        return {"type": "error", "error": {"type": kind, "message": message}}
    if provider.startswith("google"):
        return {"error": {"code": status, "message": message, "status": kind.upper()}}
    return {"error": {"message": message, "type": kind, "param": None, "code": kind.removesuffix("_error")}}


def spend_limit(row: dict[str, Any]) -> Body:
    rule = "rule 'per-user' (cost limit 0.002 per 3600s, fixed)"
    return gateway_failure(429, 2045, f"Spend limit exceeded: {rule} for {row['provider']} {row['model']}")


def gateway_failure(status: int, code: int, message: str) -> Body:
    """The gateway's own envelope, with its singular `error` that holds an array."""
    return {
        "success": False, "result": [], "messages": [], "error": [{"code": code, "message": message}],
        "name": "AiGatewayError", "httpCode": status, "internalCode": code, "message": message,
        "description": message,
    }  # fmt: skip
