"""From options to an open screen: log in, send the first requests, and import the screen while they are answered."""

from __future__ import annotations

import argparse
import asyncio
import gc
import importlib
import os
from dataclasses import replace
from pathlib import Path
from signal import SIGHUP, SIGTERM
from typing import TYPE_CHECKING

import msgspec

from k9py.config import read_settings
from k9py.kube.discovery import server_version
from k9py.kube.kubeconfig import Kubeconfig, locate, override, read_kubeconfig, reread
from k9py.kube.overrides import Overrides
from k9py.kube.transport import ConnectOptions, Transport
from k9py.session.audit import Audit
from k9py.session.faults import open_log
from k9py.session.hub import Hub
from k9py.session.recents import Recents, default_path
from k9py.session.session import Session
from k9py.values.errors import ConfigError, K9pyError
from k9py.values.namespaces import ALL, Namespaces
from k9py.values.settings import Settings

if TYPE_CHECKING:
    from k9py.demo.plan import Plan
    from k9py.demo.serve import Embedded

NO_CONTEXT = ConfigError("the kubeconfig names no current context", "choose one here, or with --context")


async def start(options: argparse.Namespace) -> int:
    """Run the dashboard until the person leaves it."""
    settings = settings_of(options)
    log_path = open_log()
    demo = Demo(options.plan)
    hub = Hub(
        Kubeconfig((), (), ""),
        connect_options(options),
        embedded=demo.kubeconfig,
        settings=settings,
        audit=Audit(settings.audit.path),
        recents=Recents(default_path()),
    )
    try:
        return await _run(hub, options, log_path)
    finally:
        demo.close()


async def _run(hub: Hub, options: argparse.Namespace, log_path: Path | None) -> int:
    session, trouble = None, ""
    try:
        if options.plan:
            options.context = await hub.add_embedded()
        else:
            hub.kubeconfig = locate(options.kubeconfig, os.environ)
            hub.kubeconfig = given_for(reread(hub.kubeconfig), options)
            hub.kubectl_flags = kubectl_flags(hub.kubeconfig, options)
        session = await _open(hub, options)
    except K9pyError as error:
        trouble = error.line
    await import_screen()
    from k9py.ui.app import K9pyApp

    spare_collector()
    app = K9pyApp(
        hub,
        session,
        trouble=trouble,
        command=options.command,
        log_path=log_path,
        theme=f"k9py-{hub.settings.theme}",
    )
    if options.greeting:
        app.say(options.greeting)
    for signal in (SIGTERM, SIGHUP):  # leave the terminal as it was found
        asyncio.get_running_loop().add_signal_handler(signal, app.exit, None, 128 + signal)
    await app.run_async()
    return app.return_code or 0


def settings_of(options: argparse.Namespace) -> Settings:
    """The configuration, and what the options say instead. Raises ConfigError."""
    settings = read_settings(options.config, os.environ)
    if options.theme:
        settings = msgspec.structs.replace(settings, theme=options.theme)
    if options.readonly:
        return msgspec.structs.replace(settings, readonly=True)
    return msgspec.structs.replace(settings, readonly=False, readonly_contexts=()) if options.write else settings


class Demo:
    """The embedded cluster, which is started when it is first asked for."""

    def __init__(self, plan: Plan | None) -> None:
        self._plan = plan
        self._embedded: Embedded | None = self._begin() if plan else None

    async def kubeconfig(self) -> str:
        """How to reach it."""
        self._embedded = self._embedded or self._begin()
        return await self._embedded.kubeconfig()

    def close(self) -> None:
        """Stop it, if it was started."""
        if self._embedded:
            self._embedded.close()

    def _begin(self) -> Embedded:
        from k9py.demo.plan import Plan
        from k9py.demo.serve import Embedded

        return Embedded(self._plan or Plan())


SLICES = ("rich.console", "textual.css.query", "textual.widget", "textual.app", "textual.widgets._input", "k9py.ui.app")


async def import_screen() -> None:
    """Import what paints, slice by slice: in between, the first requests get on their way."""
    for name in SLICES:
        importlib.import_module(name)
        await asyncio.sleep(0)


def spare_collector() -> None:
    """What is imported by now stays: the garbage collector need not look at it, and looks at the rest less often.

    Objects of the cluster are structs that it does not know; with its defaults it takes 10% of the first flush.
    """
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


async def ask_version(options: argparse.Namespace) -> str:
    """The version of the server that the options lead to."""
    kubeconfig = given_for(read_kubeconfig(options.kubeconfig, os.environ), options)
    name = _context_name(kubeconfig, options)
    transport = await Transport.open(kubeconfig, name, connect_options(options), interactive=True)
    try:
        return await server_version(transport)
    finally:
        await transport.close()


def connect_options(options: argparse.Namespace) -> ConnectOptions:
    """What of the options concerns every connection."""
    return ConnectOptions(options.request_timeout)


def given_for(kubeconfig: Kubeconfig, options: argparse.Namespace) -> Kubeconfig:
    """The kubeconfig, and what the options say instead for the context that they start: no other is told a token."""
    overrides = Overrides(
        cluster=options.cluster or "",
        user=options.user or "",
        server=options.server or "",
        token=options.token or "",
        impersonate=options.impersonate or "",
        impersonate_uid=options.impersonate_uid or "",
        impersonate_groups=tuple(options.impersonate_groups or ()),
        insecure=options.insecure_skip_tls_verify,
    )
    if overrides == Overrides():
        return kubeconfig
    return override(kubeconfig, replace(overrides, context=_context_name(kubeconfig, options)))


def kubectl_flags(kubeconfig: Kubeconfig, options: argparse.Namespace) -> dict[str, tuple[str, ...]]:
    """What kubectl is to be told besides the context, by the context; under "" for any other.

    A token is shown nowhere.
    """
    file = ("--kubeconfig", str(Path(options.kubeconfig).expanduser().absolute())) if options.kubeconfig else ()
    given = {
        "--cluster": options.cluster,
        "--user": options.user,
        "--server": options.server,
        "--as": options.impersonate,
        "--as-uid": options.impersonate_uid,
    }
    own = [word for name, value in given.items() if value for word in (name, value)]
    own += [word for group in options.impersonate_groups or () for word in ("--as-group", group)]
    own += ["--insecure-skip-tls-verify"] * bool(options.insecure_skip_tls_verify)
    return {"": file, **({_context_name(kubeconfig, options): (*file, *own)} if own else {})}


def _context_name(kubeconfig: Kubeconfig, options: argparse.Namespace) -> str:
    name: str = options.context or kubeconfig.current
    if not name:
        raise NO_CONTEXT
    return name


async def _open(hub: Hub, options: argparse.Namespace) -> Session:
    named = None if options.namespace is None else Namespaces.read(options.namespace)
    namespaces = ALL if options.all_namespaces else named
    session = await hub.open(_context_name(hub.kubeconfig, options), namespaces, interactive=True)
    session.open_first()
    return session
