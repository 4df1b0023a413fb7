"""OpenID Connect by allauth, with what its provider leaves out.

The answer to a code is believed only with an ID token that the provider signed, for us, for this very sign-in. allauth
itself reads such a token without its signature, since it came over TLS, and sends no nonce.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any
from urllib.parse import urlsplit

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest
from django.urls import reverse

# Never a secret that both sides know, and never "none".
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
ADDRESS = {"email", "email_verified"}
SUB_LENGTH = 191  # what the column holds
LEEWAY_S = 60  # clocks differ
LOOPBACK = ("localhost", "127.0.0.1", "::1")
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class Adapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc] # allauth has no types
    """The three requests to the provider: what it is, the code for a token, its keys. And a fourth for the address."""

    _verifier = ""

    @property
    def openid_config(self) -> dict[str, Any]:
        """What the provider says of itself, if it is the one that was meant and its endpoints are safe to talk to."""
        config: Any = super().openid_config
        if not isinstance(config, dict) or str(config.get("issuer")).rstrip("/") != self.get_provider().sub_id:
            raise OAuth2Error("The document found under the issuer's address names another issuer.")
        found = [config.get(name) for name in ENDPOINTS] + [config.get("userinfo_endpoint", config["issuer"])]
        if not all(isinstance(each, str) and is_safe(each) for each in found):
            raise OAuth2Error("An endpoint is missing, or is not https.")
        return config

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        """Ours, on the host that the browser asked, which ALLOWED_HOSTS has let through."""
        return request.build_absolute_uri(reverse("oidc-callback"))

    def get_access_token_data(self, request: HttpRequest, app: Any, client: Any, pkce_code_verifier: Any = None) -> Any:
        """The code for a token, with the verifier: that the nonce follows from, too."""
        self._verifier = pkce_code_verifier or ""
        return super().get_access_token_data(request, app, client, pkce_code_verifier=pkce_code_verifier)

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **more: Any) -> Any:
        """Who it is, by the ID token; only an address that is not in it is asked for."""
        claims = self._claims(app, more["response"].get("id_token"))
        if not claims.keys() >= ADDRESS and "userinfo_endpoint" in self.openid_config:
            said = self._fetch_user_info(token.token)
            if not isinstance(said, dict) or said.get("sub") != claims["sub"]:
                raise OAuth2Error("The provider's answer about the user is about another one.")
            claims |= {name: said.get(name) for name in ADDRESS}  # both from one place
        return self.get_provider().sociallogin_from_response(request, {"id_token": claims})

    def _claims(self, app: Any, id_token: Any) -> dict[str, Any]:
        import jwt  # megabytes, which only this sign-in needs

        if not isinstance(id_token, str):
            raise OAuth2Error("There is no ID token in the answer.")
        try:
            claims: dict[str, Any] = jwt.decode(
                id_token,
                self._key(id_token),
                algorithms=list(ALGORITHMS),
                audience=app.client_id,
                issuer=self.openid_config["issuer"],
                leeway=LEEWAY_S,
                options={"require": ["iss", "sub", "aud", "exp", "iat"]},
            )
        except jwt.PyJWTError as error:
            raise OAuth2Error(f"The ID token is not good: {type(error).__name__}.") from error
        if not hmac.compare_digest(str(claims.get("nonce")).encode(), nonce(self._verifier).encode()):
            raise OAuth2Error("The ID token is of another sign-in.")
        if len(claims["sub"]) > SUB_LENGTH:
            raise OAuth2Error("The provider's name for the user is too long.")
        if claims.get("azp", app.client_id) != app.client_id:
            raise OAuth2Error("The ID token was made for somebody else.")
        return claims

    def _key(self, id_token: str) -> Any:
        """The provider's key that the token names, or its only one."""
        import jwt

        with get_adapter().get_requests_session() as session:
            response = session.get(self.openid_config["jwks_uri"])
            response.raise_for_status()
            keys = jwt.PyJWKSet.from_dict(response.json()).keys
        named = jwt.get_unverified_header(id_token).get("kid")
        fitting = [each for each in keys if each.key_id == named] if named else keys
        if len(fitting) != 1:
            raise OAuth2Error("The ID token is signed by a key that the provider does not list.")
        return fitting[0]


class Provider(OpenIDConnectProvider):  # type: ignore[misc]
    """The one provider, under an id of ours."""

    id = "oidc"
    oauth2_adapter_class = Adapter

    def get_pkce_params(self) -> dict[str, Any]:
        """Beside the challenge the nonce, which is kept nowhere: it follows from the verifier in the session."""
        params: dict[str, Any] = super().get_pkce_params()
        return params | {"nonce": nonce(params["code_verifier"])}

    def get_callback_url(self) -> str:
        """As the adapter has it."""
        return reverse("oidc-callback")

    def extract_extra_data(self, data: Any) -> dict[str, Any]:
        """What the account page shows; the rest of what was said is not kept."""
        return {"email": str(data["id_token"].get("email", ""))}


def nonce(verifier: str) -> str:
    """What the ID token must hold: only the session that began this sign-in can know it."""
    return base64.urlsafe_b64encode(hashlib.sha256(f"nonce {verifier}".encode()).digest()).decode().rstrip("=")


def is_safe(url: str) -> bool:
    """Whether a secret may travel there: https, or this machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


provider_classes = [Provider]
