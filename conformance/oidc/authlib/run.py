"""Authlib (PyPI) as relying party: a confidential client and a browser client, through real Chromium."""

import json
import os
import secrets
import time
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
from authlib.common.security import generate_token
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import OpenIDProviderMetadata
from joserfc import jwt
from joserfc.jwk import KeySet

from browser import Browser
from checks import check, finish

SCOPE = "openid profile email offline_access account roles permissions"
FACTS = json.load(open(os.environ["LATCHKEY_DEMO"], encoding="utf-8"))


def person(role):
    """The first person with this role who belongs to one account only."""
    return next(p for p in FACTS["people"] if p["role"] == role and len(p["accounts"]) == 1)


class RelyingParty:
    """One client of clients.toml, signed in by one person."""

    def __init__(self, client_id, method, who):
        self.who = who
        self.client = next(c for c in FACTS["clients"] if c["id"] == client_id)
        self.method = method
        self.browser = Browser()
        self.provider = None
        self.token = None
        self.claims = None

    def discover(self):
        answer = httpx.get(FACTS["issuer"] + "/.well-known/openid-configuration")
        answer.raise_for_status()
        provider = OpenIDProviderMetadata(answer.json())
        assert provider["issuer"] == FACTS["issuer"]
        for key in provider.REGISTRY_KEYS:
            # Authlib wants https in every address; the demo is on loopback.
            if not str(provider.get(key, "")).startswith("http://127.0.0.1"):
                getattr(provider, f"validate_{key}", lambda: None)()
        self.provider = provider
        keys = httpx.get(provider["jwks_uri"])
        keys.raise_for_status()
        self.keys = KeySet.import_key_set(keys.json())
        self.oauth = OAuth2Client(
            client_id=self.client["id"],
            client_secret=self.client["secret"],
            token_endpoint_auth_method=self.method,
            # Authlib would fall back to client_secret_basic here, whatever the client registered.
            revocation_endpoint_auth_method=self.method,
            scope=SCOPE,
            redirect_uri=self.client["redirect_uris"][0],
            code_challenge_method="S256",
            token_endpoint=provider["token_endpoint"],
            leeway=0,
        )

    def authorize(self, **extra):
        """The answer that the browser brings back, state and issuer checked, with the verifier and nonce."""
        verifier = generate_token(64)
        nonce = secrets.token_urlsafe(16)
        url, state = self.oauth.create_authorization_url(
            self.provider["authorization_endpoint"], code_verifier=verifier, nonce=nonce, **extra
        )
        back = self.browser.visit(url, self.client["redirect_uris"][0], self.who)
        answer = {key: values[0] for key, values in parse_qs(urlsplit(back).query).items()}
        assert answer["state"] == state, "another state came back"
        assert answer["iss"] == FACTS["issuer"], "RFC 9207"
        return back, answer, verifier, nonce

    def sign_in(self):
        back, answer, verifier, nonce = self.authorize()
        self.token = self.oauth.fetch_token(authorization_response=back, code_verifier=verifier, state=answer["state"])
        self.claims = self.id_token(nonce)
        assert self.claims["email"] == self.who["email"]
        assert self.claims["email_verified"] is True
        assert self.claims["role"] == self.who["role"]
        assert self.claims["account"]["slug"] == self.who["accounts"][0]
        assert "reports:view" in self.claims["permissions"], self.claims["permissions"]

    def id_token(self, nonce):
        """The claims of an ID token whose signature, issuer, audience, times, nonce and at_hash hold."""
        allowed = self.provider["id_token_signing_alg_values_supported"]
        read = jwt.decode(self.token["id_token"], self.keys, algorithms=allowed)
        claims = CodeIDToken(
            read.claims,
            read.header,
            {"iss": {"value": FACTS["issuer"]}, "aud": {"value": self.client["id"]}},
            {"nonce": nonce, "client_id": self.client["id"], "access_token": self.token["access_token"]},
        )
        claims.validate(now=int(time.time()), leeway=5)
        return claims

    def user_info(self):
        answer = self.oauth.get(self.provider["userinfo_endpoint"])
        answer.raise_for_status()
        told = answer.json()
        for claim in ("sub", "email", "role", "permissions"):
            assert told[claim] == self.claims[claim], claim

    def refresh(self):
        before = dict(self.token)
        self.token = self.oauth.refresh_token(
            self.provider["token_endpoint"], refresh_token=before["refresh_token"]
        )
        assert self.token["access_token"] != before["access_token"]
        if self.method == "none":
            assert self.token["refresh_token"] != before["refresh_token"], "a public client's token rotates"
        self.user_info()

    def revoke(self):
        refresh_token = self.token["refresh_token"]
        answer = self.oauth.revoke_token(
            self.provider["revocation_endpoint"], token=refresh_token, token_type_hint="refresh_token"
        )
        assert answer.status_code == 200, answer.text
        try:
            self.oauth.refresh_token(self.provider["token_endpoint"], refresh_token=refresh_token)
        except OAuthError as error:
            assert error.error == "invalid_grant", error
        else:
            raise AssertionError("a revoked refresh token still works")

    def sign_out(self):
        state = secrets.token_urlsafe(16)
        back = self.client["post_logout_redirect_uris"][0]
        asked = urlencode(
            {"id_token_hint": self.token["id_token"], "post_logout_redirect_uri": back, "state": state}
        )
        reached = self.browser.visit(f"{self.provider['end_session_endpoint']}?{asked}", back, self.who)
        assert parse_qs(urlsplit(reached).query)["state"] == [state]
        _, answer, _, _ = self.authorize(prompt="none")
        assert answer["error"] == "login_required", answer


for client_id, method, who in (
    ("authlib-web", "client_secret_post", person("manager")),
    ("authlib-spa", "none", person("read_only")),
):
    party = RelyingParty(client_id, method, who)
    for name, act in (
        ("discovery and keys", party.discover),
        ("sign-in with code and PKCE through the hosted pages, ID token checked", party.sign_in),
        ("UserInfo says the same as the ID token", party.user_info),
        ("refresh", party.refresh),
        ("a revoked refresh token is refused", party.revoke),
        ("RP-initiated logout, and nobody is signed in afterwards", party.sign_out),
    ):
        check(f"{client_id}: {name}", act)
    party.browser.close()

finish()
