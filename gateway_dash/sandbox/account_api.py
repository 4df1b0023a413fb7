"""What a dashboard asks around the logs: gateways, their URLs, tokens and accounts."""

import re
from urllib.parse import quote

from .access import invalid_token, verified
from .answers import Answer, Json, Refusal, invalid, not_found, success
from .gateways import ACCOUNT, ACCOUNT_ID
from .logs_api import Request

GATEWAY_ID = re.compile(r"[a-z0-9_]+(?:-[a-z0-9_]+)*")
INFERENCE = "https://gateway.ai.cloudflare.com/v1"
VALID = {"code": 10000, "message": "This API Token is valid and active", "type": None}


def list_gateways(request: Request) -> Answer:
    given = request.parameters
    page = given.whole("page", 1, 1)
    per_page = given.whole("per_page", 20, 1, 100)
    search = given.text("search") or ""
    found = [gateway for gateway in request.store.gateways() if search in gateway["id"]]
    here = found[(page - 1) * per_page :][:per_page]
    about: Json = {"count": len(here), "page": page, "per_page": per_page, "total_count": len(found)}
    return success({"result": here, "result_info": about})


def get_gateway(request: Request, gateway_id: str) -> Answer:
    for gateway in request.store.gateways():
        if gateway["id"] == gateway_id:
            return success({"result": gateway})
    raise not_found()


def get_url(request: Request, gateway_id: str, provider: str) -> Answer:
    if all(gateway["id"] != gateway_id for gateway in request.store.gateways()):
        raise bad_gateway_id()  # the published description has no 404 here
    place = "" if provider == "universal" else quote(provider, safe="")
    return success({"result": f"{INFERENCE}/{ACCOUNT_ID}/{gateway_id}/{place}"})


def list_accounts(request: Request) -> Answer:
    given = request.parameters
    page = given.whole("page", 1, 1)
    per_page = given.whole("per_page", 20, 5, 50)
    name = given.text("name") or ""
    given.choice("direction", ("asc", "desc"))
    found = [ACCOUNT] if request.permission != "none" and name.lower() in str(ACCOUNT["name"]).lower() else []
    here = found[(page - 1) * per_page :][:per_page]
    about = {"count": len(here), "page": page, "per_page": per_page, "total_count": len(found)}
    return success({"result": here, "errors": [], "messages": [], "result_info": about})


def verify_token(token: str, account_id: str) -> Answer:
    if account_id != ACCOUNT_ID:
        raise invalid_token()
    return success({"result": verified(token), "errors": [], "messages": [VALID]})


def check_gateway_id(gateway_id: str, *, may_be_invalid: bool) -> None:
    """Refuse an id that cannot be one; where the published description has no 400, it is just not found."""
    if len(gateway_id) > 64 or not GATEWAY_ID.fullmatch(gateway_id):
        raise bad_gateway_id() if may_be_invalid else not_found()


def bad_gateway_id() -> Refusal:
    return invalid("Invalid", ("params", "gateway_id"))
