"""pods/attach: the main process of a container (PodAttachOptions)."""

from __future__ import annotations

from aiohttp import web

from k9py.demo.cluster import Cluster
from k9py.demo.http.call import Call
from k9py.demo.http.channels.attaching import attach_console, attach_log
from k9py.demo.http.channels.carrying import carry
from k9py.demo.http.channels.containers import NodeError, check_streams, check_upgrade, choose, pod_of, running
from k9py.demo.http.channels.remote import Channels


async def attach(cluster: Cluster, call: Call) -> web.StreamResponse:
    """Carry the bytes of a main process until it ends, or the client goes."""
    pod = pod_of(cluster, call)
    name = choose(pod, call.query.get("container", ""))
    check_upgrade(cluster, call, pod)
    metadata = pod["metadata"]
    try:
        check_streams(call)
        missing = f"container {name} not found in pod {metadata['name']}_{metadata['namespace']}"
        _, process = running(cluster, pod, name, missing)
    except NodeError as error:
        return error.response()
    stdin, stdout, stderr = (call.flag(one) for one in ("stdin", "stdout", "stderr"))

    async def talk(channels: Channels) -> None:
        system = process.system
        if system and system.console:
            await attach_console(system, system.console, channels, stdin, stdout, stderr)
        else:
            await attach_log(process.out, channels, stdout, stderr)

    return await carry(cluster, call, talk)


ROUTES = {(method, "pods", "attach"): attach for method in ("GET", "POST")}
