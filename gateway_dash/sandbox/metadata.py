"""The metadata that the invented callers send: a few entries, flat, now and then none."""

import json
from random import Random

TENANTS = ("acme", "globex", "initech", "umbrella", "hooli", "stark", "wayne", "wonka", "tyrell", "soylent")
TEAMS = ("search", "support", "growth", "platform", "research", "billing")
AGENTS = ("triage", "review", "answer", "summary")
PEOPLE = ("u-alice", "u-bob", "u-chen", "u-dora", "u-emre", "u-fatima", "u-goran", "u-hana")


def pick(choices: tuple[str, ...], chance: Random) -> str:
    """One of the choices, the first ones more often."""
    return choices[int(len(choices) * chance.random() ** 1.7)]


def invent_metadata(gateway: str, chance: Random) -> str:
    """JSON text, as the table keeps it."""
    lot = chance.random()
    if lot < 0.1:
        return "null"
    if gateway == "support-bot":
        session = f"s-{int(chance.random() * 40_000):05}"
        return (
            f'{{"user":"{pick(PEOPLE, chance)}","conversation-id":"{session}","agent":"{pick(AGENTS, chance)}",'
            f'"change":"c-{100 + int(chance.random() * 300)}"}}'
        )
    if gateway == "staging":
        return json.dumps({"test": True, "team": pick(TEAMS, chance), "build": 4000 + int(chance.random() * 90)})
    user = 10_000 + int(2500 * chance.random() ** 2)
    entries = f'{{"tenant":"{pick(TENANTS, chance)}","team":"{pick(TEAMS, chance)}","user":{user}'
    if lot < 0.55:
        entries += f',"session":"s-{int(chance.random() * 60_000):05}"'
    if lot > 0.9:
        entries += ',"test":false,"ratio":0.25'
    return entries + "}"
