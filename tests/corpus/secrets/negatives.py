"""Texts that hold no secret, of the sorts that look most like one."""

from __future__ import annotations

import base64
import json
import random
import uuid
from collections.abc import Iterator

from .positives import BASE62, HEX, some

_LINES: dict[str, list[str]] = {
    "time": [
        "2026-11-25T19:22:42.123456+01:00",
        "2026-11-25T19:22:42Z",
        "25/11/2026 19:22:42",
        "created: 1763894400",
        "1763894400123",
        "at 20261125192242",
        "[2026-11-25 19:22:42,123] INFO",
        "Wed, 25 Nov 2026 19:22:42 GMT",
        "0.1234567890123456",
        "1763894400.123456",
        "on 01-02-2024 and 31/12/2025",
        "2024-01-01 to 2024-12-31",
        "20240101120000",
        "1763894400123456",
        "1763894400123456789",
    ],
    "number": [
        "$1,234,567.89",
        "1.234.567,89 EUR",
        "max_tokens: 4096",
        "usage: 12345678 tokens in, 1234 out",
        "v1.2.3-rc.4+build.5678",
        "192.168.100.200:8080",
        "2001:0db8:85a3:0000:0000:8a2e:0370:7334",
        "3.141592653589793",
        "10000000000",
        "1e-10",
        "000000001234",
        "pages 100-200, 300-400",
        "line 1234567890",
        "id 4123456789012345",
        "order 1234-5678-9012-3456",
        "isbn 978-3-16-148410-0",
        "[0.0123456789, -0.0456789012, 0.078901234]",
        "00:00:00.000",
        "0x1F4A9C",
        "12345678901234567890",
        "1 000 000 000",
        "5555 5555 5555 5555",
        "version 10.15.7 (19H2)",
        "37.774929, -122.419416",
        "100 200 300 400 500",
        "+1,234",
        "+20 %",
        "a+1234567890",
        "1/2 3/4 5/6 7/8",
    ],
    "code": [
        "password = get_password()",
        "api_key = os.environ['OPENAI_API_KEY']",
        "const apiKey = process.env.API_KEY;",
        "token: str = None",
        "def set_password(self, password: str) -> None:",
        "if password != confirm_password:",
        "secret = settings.SECRET_KEY",
        "self.token = token_provider.get_token_v2(user)",
        "Authorization: Bearer $CLOUDFLARE_API_TOKEN",
        "Authorization: Bearer <token>",
        "Authorization: Bearer YOUR_API_KEY",
        "api_key: ${{ secrets.API_KEY }}",
        "password: required|min:8",
        "postgres://user:password@localhost/db",
        "postgres://$USER:$PASS@localhost/db",
        "git@github.com:owner/name.git",
        "@app.route('/users/<id>')",
        "import { a } from '@scope/package-name'",
        "font-family: monospace; z-index: 2147483647",
        "primary_key: user_account_id_v2_default",
        "foreign_key='customer_billing_address'",
        "cache_key = 'user:profile:v2:settings:all'",
        "next_page_token: CAUQAAxyz12345678901234",
        '<span class="sk-estimator-doc-link-label">',
        "pip install scikit-learn==1.5.2",
        "sk-learn-contrib-project-template",
        "background-image-repeat-horizontally-x",
        "this_is_a_very_long_identifier_name_in_snake_case",
        "thisIsAVeryLongIdentifierNameInCamelCase",
        "AbstractSingletonProxyFactoryBean",
        "com.example.project.module.ClassName$Inner",
        "/usr/local/lib/python3.13/site-packages/x.py",
        "https://example.com/a/b?c=d&e=f#g",
        "http://example.com:8080/path",
        "sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "sk-...",
        "AKIA****************",
        "icon@2x.png",
        "tokenizer: cl100k_base",
        "stop_token: <|endoftext|>",
        "eos_token_id: 50256",
        "-----BEGIN CERTIFICATE-----",
        "-----BEGIN PUBLIC KEY-----",
        "keyboard: qwertyuiopasdfghjkl",
        '"password": {"type": "string", "minLength": 12}',
        '"api_key": null',
        '"token": "string"',
        '"secret": true',
        "The password must have at least 12 characters.",
        "Forgot your password? Reset it.",
        "token limit is 128000",
        "secretary: general of the organization",
        "the key idea: attention is all you need",
        "x = re_compile_pattern_for_matching_v1",
    ],
    "words": [
        "🎉🎊 Congratulations 👩‍👩‍👧‍👦!",
        "これは秘密ではありません。価格は１２３４５６７８円です。",
        "비밀번호를 입력하세요",
        "密码: 请输入",
        "Пароль: введите пароль",
        "كلمة المرور مطلوبة",
        "Lorem ipsum dolor sit amet, consectetur adipiscing elit.",
        "Contact us by mail or phone.",
        "Her mobile was switched off at 10.",
        "tell 1000 people",
        "email: (not given)",
        "a@b",
        "user at example dot org",
        "@someone said so",
        "x@y.z1",
        "price@market open",
        "Telefonnummer: unbekannt",
        "phone: n/a",
        "tel. 12",
    ],
}


def harmless() -> Iterator[tuple[str, str]]:
    """Sort and text, the same ones each time."""
    for sort, texts in _LINES.items():
        yield from ((sort, text) for text in texts)
    dice = random.Random(20261126)
    for _ in range(20):
        yield "id", f"chatcmpl-{some(dice, 29)}"
        yield (
            "id",
            f'{{"id": "msg_{some(dice, 24)}", "call": "call_{some(dice, 24)}", "tool": "toolu_{some(dice, 22)}"}}',
        )
        yield "id", f"resp_{some(dice, 48, HEX)} fp_{some(dice, 10, HEX)} req_{some(dice, 24)} run_{some(dice, 24)}"
        yield "id", str(uuid.UUID(int=dice.getrandbits(128), version=4))
        yield "id", f'cf-ray: {some(dice, 16, HEX)}-FRA, etag: "{some(dice, 32, HEX)}"'
        yield "hash", f"sha256:{some(dice, 64, HEX)}"
        yield "hash", some(dice, 40, HEX)
        yield "hash", f"sha512-{base64.b64encode(dice.randbytes(64)).decode()}"
        yield "picture", f"data:image/png;base64,{base64.b64encode(dice.randbytes(900)).decode()}"
        yield "vector", json.dumps([dice.uniform(-1, 1) for _ in range(30)])
        yield (
            "number",
            f"{dice.randrange(10**15, 10**16)}" if dice.random() < 0 else f"total {dice.randrange(10**9, 10**13):,}",
        )
        yield "number", f"snowflake {dice.randrange(10**17, 10**18)}"
        yield "id", f"ulid 01{some(dice, 24, '0123456789ABCDEFGHJKMNPQRSTVWXYZ')} nanoid {some(dice, 21, BASE62)}"
