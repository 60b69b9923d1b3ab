"""Certificates as clusters have them, good and bad, made with the openssl command."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1")
LOCAL = "DNS:localhost,IP:127.0.0.1"


@dataclass(frozen=True)
class Pair:
    """A certificate and its key."""

    certificate: Path
    key: Path


class Pki:
    """One CA, and what it signs."""

    def __init__(self, folder: Path, name: str = "ca") -> None:
        self._folder = folder
        self.ca = Pair(folder / f"{name}.pem", folder / f"{name}.key")
        _openssl("req", "-x509", *_KEY, "-nodes", "-subj", f"/CN={name}", "-days", "2", *_out(self.ca))

    def sign(self, name: str, alternative_names: str = LOCAL, days: int = 2) -> Pair:
        """A certificate for server or client; with days=-1 it has expired."""
        pair = Pair(self._folder / f"{name}.pem", self._folder / f"{name}.key")
        request = self._folder / f"{name}.csr"
        names = ("-addext", f"subjectAltName={alternative_names}")
        _openssl("req", *_KEY, "-nodes", "-subj", f"/CN={name}", *names, "-keyout", pair.key, "-out", request)
        signed_by = ("-CA", self.ca.certificate, "-CAkey", self.ca.key)
        more = ("-copy_extensions", "copy", "-days", days, "-out", pair.certificate)
        _openssl("x509", "-req", "-in", request, *signed_by, *more)
        return pair

    def encrypt(self, pair: Pair) -> Pair:
        """The same with a key that needs a passphrase."""
        key = pair.key.with_suffix(".encrypted")
        _openssl("pkey", "-in", pair.key, "-aes256", "-passout", "pass:secret", "-out", key)
        return Pair(pair.certificate, key)

    def server_context(self, pair: Pair, wants_client: bool = False) -> ssl.SSLContext:
        """For a server that shows this pair, and may want a certificate of this CA from its clients."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pair.certificate, pair.key)
        if wants_client:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.ca.certificate)
        return context

    @asynccontextmanager
    async def strict_server(self, pair: Pair) -> AsyncIterator[str]:
        """The address of a TLS server that wants a client certificate, and says so as Go's does.

        It is openssl's, since asyncio drops the connection before its alert is out.
        """
        shown = ("-cert", pair.certificate, "-key", pair.key, "-CAfile", self.ca.certificate, "-www")
        process = await asyncio.create_subprocess_exec(
            *("openssl", "s_server", "-accept", "127.0.0.1:0", "-Verify", "2", "-verify_return_error", *shown),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        assert process.stdout is not None
        try:
            while not (line := await process.stdout.readline()).startswith(b"ACCEPT"):
                assert line
            yield f"https://{line.decode().split()[1]}"
        finally:
            process.kill()
            await process.wait()


def _out(pair: Pair) -> tuple[str | Path, ...]:
    return ("-keyout", pair.key, "-out", pair.certificate)


def _openssl(*arguments: str | Path | int) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)
