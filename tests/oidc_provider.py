"""A provider of OpenID Connect on a port of this machine, which can be made to lie in every way that we know of."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from wsgiref.simple_server import WSGIRequestHandler, make_server

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from gateway_dash.environment_signin import Oidc, providers

CLIENT, SECRET = "dash", "canary-client-secret"
CALLBACK = "http://testserver/login/oidc/callback/"
Answer = tuple[str, list[tuple[str, str]], bytes]


@cache
def key(name: str) -> rsa.RSAPrivateKey:
    """One for each name; to make one takes a moment."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_arguments: Any) -> None:
        pass


class Provider:
    """Answers as it should, but for what a test changes: `claims`, `signs`, `document`, and `instead` of a path."""

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {"sub": "u-1", "email": "kim@example.com", "email_verified": True}
        self.userinfo: dict[str, Any] = {"sub": "u-1"}
        self.document: dict[str, Any] = {}
        self.signs: Callable[[dict[str, Any]], str] = sign
        self.instead: dict[str, Answer] = {}
        self.asked: list[str] = []
        self._codes: dict[str, dict[str, str]] = {}
        self.url = ""

    def settings(self, *domains: str) -> dict[str, Any]:
        """What settings.py makes of an environment that names this provider."""
        return providers(Oidc(self.url, CLIENT, SECRET, "Example Login", domains or ("example.com",)))

    def agree(self, location: str) -> str:
        """What a person does there: sign in, and be sent back. The answer is our address with code and state."""
        where, asked = (
            urlsplit(location),
            {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()},
        )
        assert f"{where.scheme}://{where.netloc}{where.path}" == f"{self.url}/authorize"
        assert asked["client_id"] == CLIENT
        assert asked["redirect_uri"] == CALLBACK  # the one that is registered
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert {"openid", "email"} <= set(asked["scope"].split())
        code = secrets.token_urlsafe(8)
        self._codes[code] = asked
        return "/login/oidc/callback/?" + urlencode({"code": code, "state": asked["state"]})

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        path = environ["PATH_INFO"]
        self.asked.append(path)
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()
        status, headers, content = self.instead.get(path) or self._answer(path, body, environ)
        start_response(status, headers)
        return [content]

    def _answer(self, path: str, body: str, environ: dict[str, Any]) -> Answer:
        if path == "/.well-known/openid-configuration":
            return said(self._document())
        if path == "/keys":
            return said({"keys": [public("ours") | {"kid": "ours"}, public("older") | {"kid": "older"}]})
        if path == "/token":
            return self._token({name: values[0] for name, values in parse_qs(body).items()})
        if path == "/userinfo" and environ.get("HTTP_AUTHORIZATION") == "Bearer canary-access-token":
            return said(self.userinfo)
        return said({"error": "not_found"}, "404 Not Found")

    def _document(self) -> dict[str, Any]:
        names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        names["userinfo_endpoint"] = "userinfo"
        ends = {name: f"{self.url}/{path}" for name, path in names.items()}
        return {
            "issuer": self.url,
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
            **ends,
        } | self.document

    def _token(self, form: dict[str, str]) -> Answer:
        asked = self._codes.pop(form.get("code", ""), None)
        if asked is None or (form.get("client_id"), form.get("client_secret")) != (CLIENT, SECRET):
            return said({"error": "invalid_grant"}, "400 Bad Request")
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if proof != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            return said({"error": "invalid_grant"}, "400 Bad Request")
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]} | self.claims
        token = self.signs({name: value for name, value in claims.items() if value is not ...})
        return said({"access_token": "canary-access-token", "token_type": "Bearer", "id_token": token})


def said(value: Any, status: str = "200 OK") -> Answer:
    return status, [("Content-Type", "application/json")], json.dumps(value).encode()


def public(name: str) -> dict[str, Any]:
    return dict(jwt.algorithms.RSAAlgorithm.to_jwk(key(name).public_key(), as_dict=True)) | {
        "alg": "RS256",
        "use": "sig",
    }


def sign(claims: dict[str, Any], with_key: str = "ours", named: str = "ours") -> str:
    return jwt.encode(claims, key(with_key), algorithm="RS256", headers={"kid": named})


@contextmanager
def running() -> Iterator[Provider]:
    """The provider, served until the end of the block."""
    provider = Provider()
    with make_server("127.0.0.1", 0, provider, handler_class=_Quiet) as server:
        provider.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()
