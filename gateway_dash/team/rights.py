"""Who may do what. `may` alone decides, for every view, tag and job; nothing else looks at roles."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gateway_dash.gateway.errors import NoGateway, NotAllowed
from gateway_dash.team.actions import NEEDS, Action
from gateway_dash.team.models import Seat

EVERYWHERE = "*"  # the question about all gateways, which the right in one does not answer
WHO_GIVES = "An administrator of this dashboard gives rights, for all gateways or for one."
_APP = "team."
_ALL = frozenset(Action)
_BY_NAME = {action.value: action for action in Action}

type Grants = dict[str, frozenset[Action]]  # gateway, or EVERYWHERE -> what was given there


def may(person: Any, action: Action, gateway: str) -> bool:
    """Whether this person may do that in this gateway; False for nobody, and for no gateway."""
    if not gateway:
        return False
    given = _grants(person)
    here = given.get(EVERYWHERE, frozenset()) | given.get(gateway, frozenset())
    return all(each in here for each in (action, *NEEDS.get(action, ())))


def may_somewhere(person: Any, action: Action) -> bool:
    """Whether there is a gateway where this person may."""
    return any(may(person, action, gateway) for gateway in _grants(person))


def visible(person: Any, gateways: Iterable[str]) -> list[str]:
    """Those of the gateways that there are for this person."""
    return [gateway for gateway in gateways if may(person, Action.SEE, gateway)]


def gateways_where(person: Any, action: Action) -> list[str]:
    """The gateways in which this person was given that by name; who may everywhere is for `may` to say."""
    return [each for each in _grants(person) if each != EVERYWHERE and may(person, action, each)]


def check(person: Any, action: Action, gateway: str, *, nothing: str = "Nothing was changed.") -> None:
    """Raise NotFound where the gateway is not there for this person, and NotAllowed where the action is refused.

    The first is the same whether there is such a gateway or not. The second tells nothing of what is in the gateway: it
    comes before anything is looked up.
    """
    if gateway != EVERYWHERE and not may(person, Action.SEE, gateway):
        raise not_there(gateway)
    if not may(person, action, gateway):
        raise NotAllowed(f"You may not {action.words}. {nothing}", hint=WHO_GIVES)


def not_there(gateway: str) -> NoGateway:
    """The answer to who asks for a gateway that is not there, or not for them."""
    return NoGateway(f"There is no gateway “{gateway}”, or nobody gave you a right in it.")


def _grants(person: Any) -> Grants:
    """What this person was given; read once for each request, and for each step of a job."""
    if person is None or not person.is_active or person.is_anonymous:
        return {}
    if person.is_superuser:
        return {EVERYWHERE: _ALL}
    if not hasattr(person, "_grants"):
        person._grants = _read(person)
    grants: Grants = person._grants
    return grants


def _read(person: Any) -> Grants:
    found: dict[str, set[Action]] = {}
    for name in person.get_all_permissions():
        if name.startswith(_APP) and (action := _action(name.removeprefix(_APP))):
            found.setdefault(EVERYWHERE, set()).add(action)
    seats = Seat.objects.filter(person=person, role__permissions__content_type__app_label="team")
    for gateway, codename in seats.values_list("gateway", "role__permissions__codename"):
        if action := _action(codename):
            found.setdefault(gateway, set()).add(action)
    return {gateway: frozenset(actions) for gateway, actions in found.items()}


def _action(codename: str) -> Action | None:
    return _BY_NAME.get(codename)
