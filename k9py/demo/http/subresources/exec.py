"""pods/exec: a command in a container (PodExecOptions)."""

from __future__ import annotations

from aiohttp import web

from k9py.demo.cluster import Cluster
from k9py.demo.http.call import Call
from k9py.demo.http.channels.carrying import carry
from k9py.demo.http.channels.containers import NodeError, check_streams, check_upgrade, choose, pod_of, running
from k9py.demo.http.channels.remote import Channels, converse, internal_error
from k9py.demo.node.shell.session import StartError, execute


async def execute_in_container(cluster: Cluster, call: Call) -> web.StreamResponse:
    """Run a command, and carry its bytes until it ends."""
    pod = pod_of(cluster, call)
    name = choose(pod, call.query.get("container", ""))
    check_upgrade(cluster, call, pod)
    argv = call.request.query.getall("command", [])
    try:
        check_streams(call)
        container, process = running(cluster, pod, name, f'container not found ("{name}")')
    except NodeError as error:
        return error.response()

    async def talk(channels: Channels) -> None:
        try:
            session = execute(process, container.program, argv, call.flag("stdin"), call.flag("tty"))
        except StartError as error:
            text = _not_started(cluster, str(error))
            await channels.finish(
                internal_error(f"Internal error occurred: {text}"), f"Internal error occurred: {text}"
            )
            return
        await converse(session, channels)

    return await carry(cluster, call, talk)


def _not_started(cluster: Cluster, why: str) -> str:
    number = f"{cluster.random.getrandbits(256):064x}"
    return (
        f'error executing command in container: failed to exec in container: failed to start exec "{number}": '
        f"OCI runtime exec failed: exec failed: {why}: unknown"
    )


ROUTES = {(method, "pods", "exec"): execute_in_container for method in ("GET", "POST")}
