"""Texts and bytes that do harm to a careless reader. The secrets are invented and put together here, never real."""

from dataclasses import replace

from .talk import Talk

INVENTED_SECRETS = (
    "sk-" + "proj-" + "Z9x8C7v6B5n4M3a2S1d0F9g8H7j6K5l4Q3w2E1r0T9y8U7i6",
    "AKIA" + "IOSFODNN7EXAMPLE",
    "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8",
    "-----BEGIN " + "PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQ\n-----END " + "PRIVATE KEY-----",
    "postgres://" + "app:hunter2@db.internal.example:5432/app",
)
TEXTS = {
    "html": "</td></script><script>alert(document.cookie)</script><img src=x onerror=\"alert('img')\"> {{ 7*7 }}",
    "ansi": "\x1b[31mred\x1b[0m \x1b]0;window title\x07 \x1b[2J\x1b[1;1H gone \x08\x08\x08",
    "rtl": "\u202eevil txet siht\u202c and \u2066isolated\u2069, marks \u200f\u200e, joined \u200b\ufeff.",
    "nul": "before\x00after\x00\x01\x02 end",
    "surrogates": "half a pair: \ud83d and the other half: \ude00 end",
    "secrets": "Here is my configuration, please check it:\n" + "\n".join(INVENTED_SECRETS),
    "cjk": "日本語のログ。中文日志，全角符号！한국어 로그. 🧑‍🚀👩🏽‍💻 e\u0301",
    "long_line": "no-break-" * 30_000,
}
DEPTH = 5000  # deeper than most JSON readers like to go


def hostile_talk(name: str, talk: Talk) -> Talk:
    """An exchange in which both sides say the hostile text, if this kind of trouble is one of text."""
    text = TEXTS.get(name)
    if text is None:
        return talk
    return replace(talk, question=f"{talk.question}\n{text}", answer=f"{text}\n{talk.answer}")


def hostile_bytes(name: str, body: bytes) -> bytes:
    """A body damaged or stretched, if this kind of trouble is one of bytes."""
    inside = body[1:] if body.startswith(b"{") else b'"x":0}'
    if name == "deep":
        return b'{"nested":' + b"[" * DEPTH + b"]" * DEPTH + b"," + inside
    if name == "duplicate_keys":
        return b'{"model":"first","model":"second","messages":[],' + inside
    if name == "huge_numbers":
        return b'{"big":' + b"9" * 5000 + b',"float":1e999,"exact":12345678901234567890.123456789,' + inside
    if name == "not_utf8":
        return body.replace(b" ", b" \xff\xfe\x80\xc3( ", 3)
    if name == "cut":
        return body[: len(body) * 3 // 5]
    return body
