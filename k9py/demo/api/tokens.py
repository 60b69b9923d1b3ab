"""Tokens of service accounts: JWTs in form, known to the server that has issued them."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from k9py.demo.api.registry import Registry
from k9py.demo.api.target import User
from k9py.demo.core.store import Key

ISSUER = "https://kubernetes.default.svc"
"""Who signs them, and for whom they are if nothing else is said."""
AUTHENTICATED = "system:authenticated"


@dataclass(frozen=True, slots=True)
class Token:
    """What is known of one."""

    account: Key
    uid: str
    audiences: tuple[str, ...]
    expires: float
    identity: str
    bound: tuple[Key, str] | None = None
    """The object that it ends with, and that object's uid."""


class Tokens:
    """Those that this cluster has issued."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._issued: dict[str, Token] = {}

    def issue(
        self, account: Key, uid: str, audiences: Sequence[str], seconds: int, bound: tuple[Key, str] | None = None
    ) -> str:
        """A new token of a service account."""
        now = self._registry.clock.now
        token = Token(account, uid, tuple(audiences) or (ISSUER,), now + seconds, self._registry.new_uid(), bound)
        text = self._write(token, int(now))
        self._forget()
        self._issued[text] = token
        return text

    def find(self, text: str) -> Token | None:
        """What it is, as long as it holds: until it expires, or its account or the object that it is bound to goes."""
        token = self._issued.get(text)
        if token is None or token.expires <= self._registry.clock.now:
            return None
        alive = [(token.account, token.uid), *([token.bound] if token.bound else [])]
        for key, uid in alive:
            entry = self._registry.store.get(key)
            if entry is None or entry.meta.uid != uid:
                return None
        return token

    def _forget(self) -> None:
        now = self._registry.clock.now
        for text in [text for text, token in self._issued.items() if token.expires <= now]:
            del self._issued[text]

    def _write(self, token: Token, now: int) -> str:
        account = {"name": token.account.name, "uid": token.uid}
        inner: dict[str, Any] = {"namespace": token.account.namespace, "serviceaccount": account}
        if token.bound:
            key, uid = token.bound
            inner[key.collection[:-1]] = {"name": key.name, "uid": uid}
            inner.update(self._node(key))
        claims = {
            "aud": list(token.audiences),
            "exp": int(token.expires),
            "iat": now,
            "iss": ISSUER,
            "jti": token.identity,
            "kubernetes.io": dict(sorted(inner.items())),
            "nbf": now,
            "sub": account_name(token.account),
        }
        signature = _encode(self._registry.random.randbytes(64))
        return f"{_pack({'alg': 'ES256', 'kid': 'k9py-embedded-cluster'})}.{_pack(claims)}.{signature}"

    def _node(self, key: Key) -> dict[str, Any]:
        """A token that is bound to a pod tells its node, too."""
        pod = self._registry.read(*key) if key.collection == "pods" else None
        name = pod["spec"].get("nodeName") if pod else None
        node = self._registry.store.get(Key("nodes", "", name)) if name else None
        return {"node": {"name": name, "uid": node.meta.uid}} if node else {}


def account_name(account: Key) -> str:
    """The user that a service account is."""
    return f"system:serviceaccount:{account.namespace}:{account.name}"


def account_groups(namespace: str) -> tuple[str, ...]:
    """The groups of all service accounts of a namespace."""
    return ("system:serviceaccounts", f"system:serviceaccounts:{namespace}", AUTHENTICATED)


def token_user(token: Token) -> User:
    """Who bears it."""
    extra: dict[str, tuple[str, ...]] = {"authentication.kubernetes.io/credential-id": (f"JTI={token.identity}",)}
    if token.bound and token.bound[0].collection == "pods":
        extra["authentication.kubernetes.io/pod-name"] = (token.bound[0].name,)
        extra["authentication.kubernetes.io/pod-uid"] = (token.bound[1],)
    return User(account_name(token.account), account_groups(token.account.namespace), token.uid, extra)


def _pack(content: Mapping[str, Any]) -> str:
    return _encode(json.dumps(content, separators=(",", ":")).encode())


def _encode(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()
