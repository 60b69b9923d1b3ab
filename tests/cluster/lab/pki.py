"""Certificates, made by openssl: an authority of the lab's own and one key pair for each user and server.

The extensions are complete (key usage, key identifiers), since Python 3.13 and newer refuse certificates that
leave them out. Elliptic keys: twenty of them take a fraction of a second.
"""

from __future__ import annotations

import base64
from pathlib import Path

from tests.cluster.lab.shell import run

_DAYS = "3650"
_CONFIG = """\
[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
"""
_LEAF = """\
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth,clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""
_NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


def extensions(names: str) -> str:
    """The extensions of a certificate; `names` is openssl's notation, DNS:a,IP:b, or empty."""
    return _LEAF + (f"subjectAltName = {names}\n" if names else "")


class Authority:
    """A certificate authority in a folder, and what it issued."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._config = folder / "openssl.cnf"

    def create(self) -> None:
        """Make the authority itself and the key pair that signs service account tokens."""
        self.folder.mkdir(parents=True, mode=0o700)
        self._config.write_text(_CONFIG)
        subject = ("-subj", "/CN=lab-authority", "-days", _DAYS, "-config", self._config, "-extensions", "authority")
        run("openssl", "req", "-x509", *_NEW_KEY, "-keyout", self.key("ca"), "-out", self.certificate("ca"), *subject)
        run("openssl", "ecparam", "-genkey", "-noout", "-name", "prime256v1", "-out", self.key("sa"))
        run("openssl", "ec", "-in", self.key("sa"), "-pubout", "-out", self.folder / "sa.pub")

    def issue(self, name: str, subject: str, names: str = "") -> None:
        """A key and a certificate in NAME.key and NAME.crt."""
        request, extra = self.folder / f"{name}.csr", self.folder / f"{name}.ext"
        extra.write_text(extensions(names))
        made = ("-keyout", self.key(name), "-out", request)
        run("openssl", "req", *_NEW_KEY, "-config", self._config, "-subj", subject, *made)
        signer = ("-CA", self.certificate("ca"), "-CAkey", self.key("ca"), "-CAcreateserial", "-days", _DAYS)
        run("openssl", "x509", "-req", "-in", request, *signer, "-extfile", extra, "-out", self.certificate(name))

    def key(self, name: str) -> Path:
        return self.folder / f"{name}.key"

    def certificate(self, name: str) -> Path:
        return self.folder / f"{name}.crt"

    def kubeconfig(self, user: str, server: str) -> str:
        """The text of a kubeconfig for one of the users, with everything inside: it can be copied anywhere."""
        parts = (self.certificate("ca"), self.certificate(user), self.key(user))
        return kubeconfig(user, server, *(path.read_bytes() for path in parts))


def kubeconfig(user: str, server: str, authority: bytes, certificate: bytes, key: bytes) -> str:
    """A kubeconfig with one cluster, one user and one context, all named so that a reader knows them again."""
    ca, crt, secret = (base64.b64encode(data).decode() for data in (authority, certificate, key))
    return f"""\
apiVersion: v1
kind: Config
clusters:
- name: lab
  cluster:
    server: {server}
    certificate-authority-data: {ca}
users:
- name: {user}
  user:
    client-certificate-data: {crt}
    client-key-data: {secret}
contexts:
- name: lab
  context:
    cluster: lab
    user: {user}
current-context: lab
"""
