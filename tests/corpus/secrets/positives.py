"""Invented secrets of each kind, put together from pieces: no scanner that reads these files finds one."""

from __future__ import annotations

import base64
import json
import random
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass

BASE62 = string.ascii_letters + string.digits
URL64 = BASE62 + "-_"
HEX = "0123456789abcdef"
BASE32 = string.ascii_uppercase + "234567"
EACH = 8  # secrets of a kind


@dataclass(frozen=True)
class Planted:
    """A text, and what in it is a secret."""

    kind: str
    text: str
    secret: str


Maker = Callable[[random.Random], str]


def of(begin: str, length: int, letters: str = BASE62, end: str = "") -> Maker:
    return lambda dice: begin + "".join(dice.choice(letters) for _ in range(length)) + end


def some(dice: random.Random, length: int, letters: str = BASE62) -> str:
    return "".join(dice.choice(letters) for _ in range(length))


def jwt(dice: random.Random) -> str:
    head, claims = ({"alg": "HS256", "typ": "JWT"}, {"sub": some(dice, 8), "iat": dice.randrange(10**9)})
    parts = [base64.urlsafe_b64encode(json.dumps(each).encode()).decode().rstrip("=") for each in (head, claims)]
    return ".".join([*parts, some(dice, 43, URL64)])


def pem(dice: random.Random) -> str:
    name = dice.choice(["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "OPENSSH PRIVATE KEY"])
    lines = [some(dice, 64, BASE62 + "+/") for _ in range(dice.randrange(3, 26))]
    return "\n".join(["-----BEGIN " + name + "-----", *lines, some(dice, 22) + "==", "-----END " + name + "-----"])


def card(dice: random.Random) -> str:
    begin, length = dice.choice(
        [("4", 16), ("51", 16), ("55", 16), ("2221", 16), ("37", 15), ("6011", 16), ("35" + "28", 16)]
    )
    digits = begin + some(dice, length - len(begin) - 1, string.digits)
    total = sum(sum(divmod(int(each) * (2 - at % 2), 10)) for at, each in enumerate(reversed(digits)))
    digits += str(-total % 10)
    if length == 15:
        return dice.choice([digits, f"{digits[:4]} {digits[4:10]} {digits[10:]}"])
    return dice.choice(["", " ", "-"]).join(digits[at : at + 4] for at in range(0, 16, 4))


def iban(dice: random.Random) -> str:
    country, letters = dice.choice([("DE", 18), ("FR", 23), ("NL", 14), ("AT", 16), ("ES", 20), ("CH", 17)])
    account = ("ABNA" + some(dice, 10, string.digits)) if country == "NL" else some(dice, letters, string.digits)
    check = 98 - int("".join(str(int(each, 36)) for each in account + country + "00")) % 97
    plain = f"{country}{check:02}{account}"
    return dice.choice([plain, " ".join(plain[at : at + 4] for at in range(0, len(plain), 4))])


def mail(dice: random.Random) -> str:
    name = dice.choice(["ada", "grace.hopper", "linus+work", "m-curie", "müller", "x_y", "o'neil"])
    return f"{name}@{dice.choice(['example.org', 'mail.example.co.uk', 'dept.uni-example.de', 'firma.example'])}"


def phone(dice: random.Random) -> str:
    four, seven = some(dice, 4, "23456789"), some(dice, 7, "23456789")
    return dice.choice(
        [
            f"+49 30 {seven}",
            f"+49 (30) {seven}",
            f"+1 415-555-{four}",
            f"(415) 555-{four}",
            f"415-555-{four}",
            f"+44 20 7946 {four}",
            f"+33 1 {four[:2]} {four[2:]} 45 67",
            f"01 {four[:2]} {four[2:]} 45 67",
            f"030/{seven}",
            f"0171 {seven}",
            f"+4917{seven}1",
            f"+1415555{four}",
            "0044 20 7946 " + four,
            f"07700 900{four[:3]}",
        ]
    )


def password(dice: random.Random) -> str:
    return (
        dice.choice(["Sommer", "hunter", "Tr0ub4dor", "correct-Horse"])
        + some(dice, 4, string.digits)
        + dice.choice("!#x")
    )


# By kind: how one is made. What stands around it: CONTEXTS, or those of FRAMES.
MAKERS: dict[str, list[Maker]] = {
    "openai-key": [
        of("sk-" + "proj-", 74, URL64, "T3" + "BlbkFJ"),
        of("sk-" + "svcacct-", 60, URL64),
        of("sk-", 48),
        of("sk-", 32, HEX),
    ],
    "anthropic-key": [of("sk-" + "ant-api03-", 93, URL64, "AA"), of("sk-" + "ant-admin01-", 93, URL64)],
    "openrouter-key": [of("sk-" + "or-v1-", 64, HEX)],
    "google-key": [of("AI" + "zaSy", 33, URL64), of("AQ" + ".Ab", 50, URL64)],
    "google-token": [of("ya" + "29.", 120, URL64)],
    "google-secret": [of("GOC" + "SPX-", 28, URL64)],
    "xai-key": [of("xai" + "-", 80)],
    "groq-key": [of("gsk" + "_", 52)],
    "cerebras-key": [of("csk" + "-", 48, string.ascii_lowercase + string.digits)],
    "huggingface-token": [of("hf" + "_", 34, string.ascii_letters)],
    "replicate-token": [of("r8" + "_", 37)],
    "perplexity-key": [of("pplx" + "-", 48)],
    "fireworks-key": [of("fw" + "_", 24)],
    "nvidia-key": [of("nvapi" + "-", 64, URL64)],
    "langsmith-key": [lambda dice: "lsv2" + "_pt_" + some(dice, 32, HEX) + "_" + some(dice, 10, HEX)],
    "elevenlabs-key": [of("sk" + "_", 48, HEX)],
    "stripe-key": [of("sk" + "_live_", 24), of("rk" + "_live_", 99), of("sk" + "_test_", 24)],
    "stripe-secret": [of("wh" + "sec_", 32)],
    "aws-key-id": [of("AK" + "IA", 16, BASE32), of("AS" + "IA", 16, BASE32)],
    "cloudflare-token": [of("cf" + "ut_", 48), of("v1" + ".0-", 24, HEX, "-" + "0f" * 73)],
    "github-token": [of("gh" + "p_", 36), of("gh" + "s_", 36), of("gh" + "o_", 36), of("github" + "_pat_", 82)],
    "gitlab-token": [of("gl" + "pat-", 20, URL64)],
    "slack-token": [
        lambda dice: (
            "xox" + "b-" + some(dice, 12, string.digits) + "-" + some(dice, 13, string.digits) + "-" + some(dice, 24)
        )
    ],
    "slack-webhook": [
        lambda dice: "hooks.slack" + ".com/services/T" + some(dice, 8) + "/B" + some(dice, 8) + "/" + some(dice, 24)
    ],
    "twilio-key": [of("S" + "K", 32, HEX)],
    "sendgrid-key": [lambda dice: "S" + "G." + some(dice, 22, URL64) + "." + some(dice, 43, URL64)],
    "mailgun-key": [
        of("key" + "-", 32, HEX),
        lambda dice: some(dice, 32, HEX) + "-" + some(dice, 8, HEX) + "-" + some(dice, 8, HEX),
    ],
    "mailchimp-key": [of("", 32, HEX, "-us" + "12")],
    "npm-token": [of("npm" + "_", 36)],
    "pypi-token": [of("pypi" + "-AgEIcHlwaS5vcmc", 140, URL64)],
    "docker-token": [of("dckr" + "_pat_", 27, URL64)],
    "digitalocean-token": [of("dop" + "_v1_", 64, HEX)],
    "linear-key": [of("lin" + "_api_", 40)],
    "notion-token": [of("ntn" + "_", 46), of("secret" + "_", 43)],
    "shopify-token": [of("shp" + "at_", 32, HEX)],
    "square-token": [of("sq0" + "atp-", 22, URL64), of("EAA" + "A", 60, URL64)],
    "telegram-token": [lambda dice: some(dice, 9, "123456789") + ":A" + "A" + some(dice, 33, URL64)],
    "discord-token": [lambda dice: "M" + some(dice, 25) + "." + some(dice, 6) + "." + some(dice, 38)],
    "supabase-key": [of("sbp" + "_", 40, HEX)],
    "vercel-token": [of("vc" + "p_", 56)],
    "databricks-token": [of("dapi", 32, HEX)],
    "vault-token": [of("hv" + "s.", 90, URL64)],
    "grafana-token": [lambda dice: "glsa" + "_" + some(dice, 32) + "_" + some(dice, 8, HEX)],
    "newrelic-key": [of("NRAK" + "-", 27, string.ascii_uppercase + string.digits)],
    "postman-key": [lambda dice: "PMAK" + "-" + some(dice, 24, HEX) + "-" + some(dice, 34, HEX)],
    "atlassian-token": [of("ATATT" + "3xFfGF0", 180, URL64)],
    "airtable-token": [lambda dice: "pat" + some(dice, 14) + "." + some(dice, 64, HEX)],
    "azure-key": [lambda dice: some(dice, 52) + "JQQ" + "J99" + some(dice, 26)],
    "azure-secret": [lambda dice: some(dice, 3) + "8" + "Q~" + some(dice, 34)],
    "jwt": [jwt],
    "private-key": [pem],
    "card": [card],
    "iban": [iban],
    "mail": [mail],
    "phone": [phone],
    "gateway-dash-token": [of("gw" + "d_", 43)],
}
CONTEXTS = (
    "{}",
    "The key is {} and it works.",
    "key={}\nnext line",
    '{{"value": "{}"}}',
    "`{}`",
    "({})",
    "use {}, please",
    "\t{}\t",
    "<b>{}</b>",
    "名前 {} です",
    "- {}\n- other",
    "export X='{}'",
)
# Known by the words around them alone: the frame, and what is put into it.
FRAMES: dict[str, tuple[tuple[str, ...], Maker]] = {
    "password": (
        (
            'password="{}"',
            "password: {}",
            "PGPASSWORD={}",
            '{{"password": "{}"}}',
            "DB_PASSWD='{}'",
            "pwd = '{}'",
            "Password is {}",
        ),
        password,
    ),
    "url-password": (
        (
            "postgres://app:{}@db.internal:5432/x",
            "https://kim:{}@git.example/x.git",
            "redis://:{}@cache/0",
            "amqp://u1:{}@mq:5672/",
        ),
        of("", 14),
    ),
    "authorization": (
        (
            "Authorization: Bearer {}",
            '"authorization": "Bearer {}"',
            "-H 'Authorization: token {}'",
            "bearer {}",
            "'Authorization': 'Bearer {}'",
        ),
        of("", 40),
    ),
    "assigned-key": (
        (
            'api_key="{}"',
            "API_KEY={}",
            '{{"apiKey": "{}"}}',
            "x-api-key: {}",
            "AccountKey={}",
            "subscription-key: {}",
            "DD_API_KEY={}",
        ),
        of("", 32),
    ),
    "assigned-secret": (
        ("client_secret={}", '"clientSecret": "{}"', "AWS_SECRET_ACCESS_KEY={}", "secret_key = '{}'"),
        of("", 40, BASE62 + "/+"),
    ),
    "assigned-token": (
        ("CLOUDFLARE_API_TOKEN={}", '"access_token": "{}"', "refresh_token: {}", "token='{}'", "?access_token={}"),
        of("", 40, URL64),
    ),
    "assigned-signature": (
        ("https://x.blob.example/c?sv=2024&sig={}", "?a=b&sig={}&se=2026"),
        of("", 43, BASE62, "%3D"),
    ),
}
_BASIC = "Authorization: Basic {}"


def planted() -> Iterator[Planted]:
    """Every kind in every context, the same ones each time."""
    dice = random.Random(20261125)
    for kind, makers in MAKERS.items():
        for number in range(max(EACH, len(CONTEXTS))):
            secret = makers[number % len(makers)](dice)
            text = CONTEXTS[number % len(CONTEXTS)].format(secret)
            yield Planted(kind, text, secret)
    for kind, (frames, maker) in FRAMES.items():
        for number in range(max(EACH, len(frames))):
            secret = maker(dice)
            yield Planted(kind, frames[number % len(frames)].format(secret), secret)
    for _ in range(EACH):
        secret = base64.b64encode(f"kim:{some(dice, 12)}".encode()).decode()
        yield Planted("authorization", _BASIC.format(secret), secret)
