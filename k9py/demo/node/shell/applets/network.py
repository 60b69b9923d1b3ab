"""wget, curl, nslookup, nc, ping, httpd: what reaches the Services of the cluster, and nothing else."""

from __future__ import annotations

import posixpath
from collections.abc import Callable

from k9py.demo.node.files import FileError, Folder
from k9py.demo.node.network import DOMAIN, Endpoint, Unanswered, Unknown, connect, resolve
from k9py.demo.node.shell.command import Call, applet, decode, encode
from k9py.demo.node.shell.streams import read_all
from k9py.demo.node.shell.tasks import Signal, Steps

PATIENCE = 130.0
"""Seconds before nobody is waited for any more."""
TRIP = 0.002
"""Seconds that a request takes at least."""


def own_endpoint(call: Call, port: int) -> Endpoint:
    """The container itself, for what asks localhost."""
    return Endpoint(call.system.program, call.system.process, port)


@applet("nslookup", "dig")
def nslookup(call: Call) -> Steps[int]:
    """Ask the cluster's DNS for a name."""
    names = [arg for arg in call.args if not arg.startswith(("-", "@", "+"))]
    if not names:
        yield from call.complain(
            "BusyBox v1.35.0 multi-call binary.\n\nUsage: nslookup [-type=QUERY_TYPE] [-debug] HOST [DNS_SERVER]"
        )
        return 1
    yield TRIP
    process = call.system.process
    config = decode(call.system.files.read("/etc/resolv.conf"))
    server = next((line.split()[1] for line in config.splitlines() if line.startswith("nameserver")), "127.0.0.1")
    try:
        full, addresses = resolve(process.cluster, process.namespace, names[0])
    except Unknown:
        full, addresses = names[0], []
    if call.name == "dig":
        yield from call.put(encode("".join(f"{full}.\t\t30\tIN\tA\t{one}\n" for one in addresses)))
        return 0
    yield from call.say(f"Server:\t\t{server}\nAddress:\t{server}:53\n")
    if not addresses:
        asked = names[0] if "." in names[0] else f"{names[0]}.{process.namespace}.svc.{DOMAIN}"
        yield from call.say(f"** server can't find {asked}: NXDOMAIN\n")
        return 1
    for address in addresses:
        yield from call.say(f"Name:\t{full}\nAddress: {address}")
    yield from call.say("")
    return 0


@applet("nc", "netcat")
def nc(call: Call) -> Steps[int]:
    """A connection by hand; -z only tries."""
    found, operands = call.options("zvw:nlp:ukN")
    if "l" in found:
        return (yield from call.fail("listening is not there in this simulation; httpd -f -p PORT is"))
    if len(operands) < 2 or not operands[1].isdigit():
        yield from call.complain("BusyBox v1.35.0 multi-call binary.\n\nUsage: nc [OPTIONS] HOST PORT")
        return 1
    host, port = operands[0], int(operands[1])
    process = call.system.process
    yield TRIP
    try:
        endpoint = connect(process.cluster, process.namespace, host, port, own_endpoint(call, port))
        _, addresses = resolve(process.cluster, process.namespace, host)
    except Unknown:
        return (yield from call.fail(f"bad address '{host}'"))
    except Unanswered as error:
        if not error.refused:
            yield float(found.get("w", PATIENCE))
        shown = f"{host} ({resolve(process.cluster, process.namespace, host)[1][0]}:{port})"
        return (yield from call.fail(f"{shown}: {error}"))
    if "v" in found:
        yield from call.complain(f"{host} ({addresses[0]}:{port}) open")
    if "z" in found:
        return 0
    while data := (yield from call.stdin.read()):
        yield from call.put(endpoint.answer(data) or b"")
    return 0


@applet("ping", "ping6")
def ping(call: Call) -> Steps[int]:
    """Whether an address is there."""
    found, names = call.options("c:w:W:i:q46s:I:")
    if not names:
        return (yield from call.fail("missing operand"))
    process = call.system.process
    try:
        _, addresses = resolve(process.cluster, process.namespace, names[0])
    except Unknown:
        return (yield from call.fail(f"bad address '{names[0]}'"))
    yield from call.say(f"PING {names[0]} ({addresses[0]}): 56 data bytes")
    count = int(found.get("c", 10**9))
    times: list[float] = []
    for index in range(count):
        took = 0.05 + process.random.random() * 0.2
        times.append(took)
        yield from call.say(f"64 bytes from {addresses[0]}: seq={index} ttl=63 time={took:.3f} ms")
        if index < count - 1:
            yield float(found.get("i", "1"))
    low, high, mean = min(times), max(times), sum(times) / len(times)
    yield from call.say(f"\n--- {names[0]} ping statistics ---")
    yield from call.say(f"{count} packets transmitted, {count} packets received, 0% packet loss")
    yield from call.say(f"round-trip min/avg/max = {low:.3f}/{mean:.3f}/{high:.3f} ms")
    return 0


@applet("httpd")
def httpd(call: Call) -> Steps[int]:
    """Serve the files of a folder by HTTP. It runs on, in the background unless -f is given."""
    found, _ = call.options("fp:h:c:u:r:v")
    port = int(found.get("p", "80").rpartition(":")[2])
    home = call.path(found.get("h", "."))
    if port in call.system.listening:
        return (yield from call.fail("bind: Address already in use"))
    call.system.listening[port] = _files_at(call, home)
    if "f" not in found:
        entry = call.system.enter(list(call.argv), 1)
        call.system.start(entry, _serve(call, port))
        return 0
    return (yield from _serve(call, port))


def _serve(call: Call, port: int) -> Steps[int]:
    try:
        while True:
            yield Signal()
    finally:
        call.system.listening.pop(port, None)


def _files_at(call: Call, home: str) -> Callable[[bytes], bytes]:
    files, clock = call.system.files, call.system.clock

    def answer(received: bytes) -> bytes:
        if not received:
            return b""
        words = decode(received.split(b"\r\n")[0]).split(" ")
        path = posixpath.normpath("/" + words[1].partition("?")[0]) if len(words) > 1 else "/"
        full = posixpath.join(home, path.strip("/"))
        if isinstance(files.get(full), Folder):
            full = posixpath.join(full, "index.html")
        date = write_http_date(clock.now)
        changed = 0.0
        try:
            body, status = files.read(full), "200 OK"
            changed = files.find(full).time
        except FileError:
            body, status = _MISSING, "404 Not Found"
        kind = {"html": "text/html", "txt": "text/plain", "json": "application/json"}.get(
            full.rpartition(".")[2], "application/octet-stream"
        )
        head = f"HTTP/1.1 {status}\r\nDate: {date}\r\nConnection: close\r\nContent-type: "
        head += f"{kind if status.startswith('2') else 'text/html'}\r\n"
        if status.startswith("2"):
            head += f"Accept-Ranges: bytes\r\nLast-Modified: {write_http_date(changed)}\r\n"
            head += f'ETag: "{int(changed):x}-{len(body):x}"\r\nContent-Length: {len(body)}\r\n'
        return encode(head + "\r\n") + (b"" if words[0] == "HEAD" else body)

    return answer


_MISSING = (
    b"<HTML><HEAD><TITLE>404 Not Found</TITLE></HEAD>\n<BODY><H1>404 Not Found</H1>\n"
    b"The requested URL was not found\n</BODY></HTML>\n"
)


def write_http_date(seconds: float) -> str:
    """As HTTP has it."""
    from k9py.demo.node.shell.applets.printing import write_date

    return write_date("%a, %d %b %Y %H:%M:%S GMT", seconds)


@applet("ip", "ifconfig")
def ip(call: Call) -> Steps[int]:
    """The addresses of the pod."""
    address = call.system.process.ip or "10.244.0.2"
    if call.name == "ifconfig":
        yield from call.say(
            "eth0      Link encap:Ethernet  HWaddr 0A:58:0A:F4:00:02\n"
            f"          inet addr:{address}  Bcast:0.0.0.0  Mask:255.255.255.0"
        )
        yield from call.say("lo        Link encap:Local Loopback\n          inet addr:127.0.0.1  Mask:255.0.0.0")
    elif call.args[:1] in (["r"], ["route"]):
        gateway = address.rpartition(".")[0] + ".1"
        yield from call.say(f"default via {gateway} dev eth0")
    else:
        yield from call.say(
            "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue qlen 1000\n    inet 127.0.0.1/8 scope host lo"
        )
        yield from call.say(
            "2: eth0@if7: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue\n"
            f"    inet {address}/24 scope global eth0"
        )
    return 0


@applet("netstat", "ss")
def netstat(call: Call) -> Steps[int]:
    """What listens where."""
    process = call.system.process
    ports = {port["containerPort"] for port in process.container.get("ports", ())} | call.system.listening.keys()
    yield from call.say("Active Internet connections (only servers)")
    yield from call.say("Proto Recv-Q Send-Q Local Address           Foreign Address         State       ")
    for port in sorted(ports):
        if own_endpoint(call, port).open:
            yield from call.say(f"tcp        0      0 {f'0.0.0.0:{port}':<23} {'0.0.0.0:*':<23} LISTEN      ")
    return 0


__all__ = ["read_all"]
