"""Exec plugins (client.authentication.k8s.io): programs that log in, such as those of EKS, GKE, AKS and OIDC.

The official provider swallows a plugin's failure, lets it read the terminal under a running screen, waits for ever,
and knows neither provideClusterInfo nor interactiveMode; so the program is run here, as client-go does.
"""

from __future__ import annotations

import asyncio
import base64
import os
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from k9py.kube.failures import LONGEST_TEXT, one_line
from k9py.kube.kubeconfig_file import Cluster, ExecPlugin
from k9py.values.errors import LoginFailed

TIMEOUT = 60.0
"""Seconds for a plugin that has nobody to ask. One that may ask a person may take as long as that person does."""

_EXTENSION = "client.authentication.k8s.io/exec"
_TAIL = 4096


class PluginStatus(msgspec.Struct, rename="camel"):
    """What a plugin gives: a token, a certificate with its key, or both, and until when they hold."""

    token: str = ""
    client_certificate_data: str = ""
    client_key_data: str = ""
    expiration_timestamp: datetime | None = None


class _Answer(msgspec.Struct, rename="camel"):
    api_version: str
    kind: str
    status: PluginStatus | None = None


async def run_plugin(plugin: ExecPlugin, cluster: Cluster, interactive: bool, timeout: float = TIMEOUT) -> PluginStatus:
    """Run the plugin and read its answer. LoginFailed says what it wrote to stderr, or how to install it."""
    asks = interactive and plugin.interactive_mode != "Never" and sys.stdin.isatty()
    if plugin.interactive_mode == "Always" and not asks:
        raise LoginFailed(f"{plugin.command} must ask at a terminal to log in", "log in there, then start k9py again")
    process = await _start(plugin, cluster, asks)
    try:
        async with asyncio.timeout(None if asks else timeout):
            output, complaint = await _read_both(process, echo=asks)
    except TimeoutError:
        raise LoginFailed(f"{plugin.command} has not answered for {timeout:g} s", _by_hand(plugin)) from None
    finally:
        if process.returncode is None:
            _end(process, alone=asks)
            await process.wait()
    if process.returncode:
        said = _last_words(complaint) or "it said nothing"
        raise LoginFailed(f"{plugin.command} failed ({process.returncode}): {said}", _by_hand(plugin))
    return _read_answer(plugin, output)


async def _start(plugin: ExecPlugin, cluster: Cluster, asks: bool) -> asyncio.subprocess.Process:
    environment = os.environ | {variable.name: variable.value for variable in plugin.env}
    environment["KUBERNETES_EXEC_INFO"] = msgspec.json.encode(_exec_info(plugin, cluster, asks)).decode()
    try:
        return await asyncio.create_subprocess_exec(
            plugin.command,
            *plugin.args,
            env=environment,
            stdin=sys.stdin if asks else asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            # a group of its own, to be ended with all that it has started; who asks a person needs the terminal's
            start_new_session=not asks,
        )
    except OSError as error:
        hint = one_line(plugin.install_hint) or "install it, or check its path in the kubeconfig"
        raise LoginFailed(f"cannot run {plugin.command} to log in: {error.strerror}", hint) from error


def _end(process: asyncio.subprocess.Process, alone: bool) -> None:
    """Kill the plugin, and the programs that it has started: they hold its pipes, and we would wait for them."""
    with suppress(ProcessLookupError):
        if alone:
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)


async def _read_both(process: asyncio.subprocess.Process, echo: bool) -> tuple[bytes, str]:
    """Read stdout and stderr together, so that neither fills; with `echo`, a person sees stderr as it comes."""
    assert process.stdout is not None
    assert process.stderr is not None
    output, complaint = await asyncio.gather(process.stdout.read(), _read_tail(process.stderr, echo))
    await process.wait()
    return output, complaint


async def _read_tail(stream: asyncio.StreamReader, echo: bool) -> str:
    tail = b""
    while chunk := await stream.read(_TAIL):
        tail = (tail + chunk)[-_TAIL:]
        if echo:
            sys.stderr.write(chunk.decode("utf-8", "replace"))
            sys.stderr.flush()
    return tail.decode("utf-8", "replace")


def _exec_info(plugin: ExecPlugin, cluster: Cluster, asks: bool) -> Mapping[str, Any]:
    spec: dict[str, Any] = {"interactive": asks}
    if plugin.provide_cluster_info:
        spec["cluster"] = _cluster_info(cluster)
    return {"apiVersion": plugin.api_version, "kind": "ExecCredential", "spec": spec}


def _cluster_info(cluster: Cluster) -> Mapping[str, Any]:
    authority = cluster.certificate_authority_data
    if not authority and cluster.certificate_authority:
        authority = base64.b64encode(Path(cluster.certificate_authority).read_bytes()).decode()
    info = {
        "server": cluster.server,
        "tls-server-name": cluster.tls_server_name,
        "insecure-skip-tls-verify": cluster.insecure_skip_tls_verify,
        "certificate-authority-data": authority,
        "proxy-url": cluster.proxy_url,
        "disable-compression": cluster.disable_compression,
        "config": next((item.extension for item in cluster.extensions if item.name == _EXTENSION), None),
    }
    return {key: value for key, value in info.items() if value}


def _read_answer(plugin: ExecPlugin, output: bytes) -> PluginStatus:
    try:
        answer = msgspec.json.decode(output, type=_Answer)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise LoginFailed(f"{plugin.command} gave no ExecCredential: {error}", _by_hand(plugin)) from error
    if answer.kind != "ExecCredential" or answer.api_version != plugin.api_version:
        told = one_line(f"{answer.kind} of {answer.api_version}")
        wanted = f"apiVersion {plugin.api_version} is asked for in the kubeconfig"
        raise LoginFailed(f"{plugin.command} gave a {told} instead of an ExecCredential", wanted)
    status = answer.status or PluginStatus()
    if bool(status.client_certificate_data) != bool(status.client_key_data):
        raise LoginFailed(f"{plugin.command} gave a certificate without its key, or the reverse", _by_hand(plugin))
    if not status.token and not status.client_certificate_data:
        raise LoginFailed(f"{plugin.command} gave neither a token nor a certificate", _by_hand(plugin))
    return status


def _last_words(complaint: str) -> str:
    """The end of it: what went wrong stands below what was tried."""
    line = one_line(complaint, _TAIL)
    return line if len(line) <= LONGEST_TEXT else f"…{line[-LONGEST_TEXT:]}"


def _by_hand(plugin: ExecPlugin) -> str:
    return f"run it by hand: {one_line(' '.join([plugin.command, *plugin.args]))}"
