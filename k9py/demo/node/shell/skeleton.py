"""The files that a container begins with: those of its image, of the kubelet, of the kernel, and of its volumes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from k9py.demo.core.store import Obj
from k9py.demo.node.files import Binary, Device, Files, Folder, Link, Mount, Node, Plain, Volume
from k9py.demo.node.shell.command import load_applets
from k9py.demo.node.shell.flavours import Flavour
from k9py.demo.node.shell.kernel import proc
from k9py.demo.node.shell.mounting import mount_all

if TYPE_CHECKING:
    from k9py.demo.node.shell.system import System

BUILT = 1_767_225_600.0
"""When images were built: the beginning of 2026."""
_DISK = 94 * 2**30

_MISSING = (
    "ps top free wget curl nslookup vi less nc ping httpd telnet pgrep pidof pkill uptime watch unzip xxd busybox ip "
    "ifconfig netstat"
)
NOT_IN_DEBIAN = frozenset(_MISSING.split())
"""What slim images of Debian leave out."""
_ALPINE_LACKS = frozenset(("curl", "dig", "bash", "httpd"))

_RELEASES = {
    "alpine": (
        'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.22.1\nPRETTY_NAME="Alpine Linux v3.22"\n'
        'HOME_URL="https://alpinelinux.org/"\nBUG_REPORT_URL="https://gitlab.alpinelinux.org/alpine/aports/-/issues"\n'
    ),
    "debian": (
        'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\n'
        'VERSION="12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=debian\nHOME_URL="https://www.debian.org/"\n'
    ),
}
_PASSWD = (
    "root:x:0:0:root:/root:/bin/sh\ndaemon:x:1:1:daemon:/usr/sbin:/bin/false\nbin:x:2:2:bin:/bin:/bin/false\n"
    "sys:x:3:3:sys:/dev:/bin/false\nsync:x:4:100:sync:/bin:/bin/sync\nmail:x:8:8:mail:/var/spool/mail:/bin/false\n"
    "www-data:x:33:33:www-data:/var/www:/bin/false\noperator:x:37:37:Operator:/var:/bin/false\n"
    "nobody:x:65534:65534:nobody:/home:/bin/false\n"
)
_GROUP = (
    "root:x:0:\ndaemon:x:1:\nbin:x:2:\nsys:x:3:\nadm:x:4:\ntty:x:5:\ndisk:x:6:\nlp:x:7:\nmail:x:8:\nkmem:x:9:\n"
    "wheel:x:10:root\ncdrom:x:11:\ndialout:x:18:\nfloppy:x:19:\nvideo:x:28:\naudio:x:29:\ntape:x:32:\nwww-data:x:33:\n"
    "operator:x:37:\nutmp:x:43:\nplugdev:x:46:\nstaff:x:50:\nlock:x:54:\nnetdev:x:82:\nusers:x:100:\nnogroup:x:65534:\n"
)


def fill(system: System, pod: Obj, flavour: Flavour) -> None:
    """Make the files of a container. What is there already, volumes above all, lies over them."""
    files = system.files
    files.now = lambda: system.clock.now
    began = system.process.started
    volumes, files.fill = files.fill, None
    root, mounts = files.root, files.mounts
    root.time = root.time or began
    image = Folder(own=_image(flavour), time=BUILT)
    image.own |= {"dev": _devices(began), "proc": proc(system, pod)}
    image.own["sys"] = Folder(mode=0o555, time=began, read_only=True)
    _lay_under(root, image)
    files.mounts = [*_mounts(), *mounts]
    _kubelet(system, pod, began)
    if volumes:
        volumes(files)
    log = system.process.container.get("terminationMessagePath")
    if log and not log.startswith("/dev/"):
        files.mount(log, Plain(mode=0o666, time=began))
    mount_all(files, system.process, pod, _shared(system))
    _identity(files, pod, system.process.container, flavour)


def _shared(system: System) -> dict[str, Volume]:
    """The volumes that the containers of a pod have in common."""
    kubelets = getattr(system.process.cluster, "kubelets", None)
    run = kubelets.find(system.process.uid) if kubelets else None
    return run.volumes if run else {}


def _lay_under(upper: Folder, lower: Folder) -> None:
    for name, node in lower.own.items():
        found = upper.own.setdefault(name, node)
        if found is not node and type(found) is Folder and type(node) is Folder:
            _lay_under(found, node)


def _identity(files: Files, pod: Obj, container: Obj, flavour: Flavour) -> None:
    context = (pod["spec"].get("securityContext") or {}) | (container.get("securityContext") or {})
    files.user = context.get("runAsUser", flavour.user)
    files.read_only = bool((container.get("securityContext") or {}).get("readOnlyRootFilesystem"))


def _image(flavour: Flavour) -> dict[str, Node]:
    base = flavour.base
    root: dict[str, Node] = {name: Folder(time=BUILT) for name in ("etc", "home", "root", "usr", "var", "run")}
    root["tmp"] = Folder(mode=0o1777, time=BUILT)
    root["root"].mode = 0o700
    etc, usr, var = root["etc"], root["usr"], root["var"]
    assert isinstance(etc, Folder)
    assert isinstance(usr, Folder)
    assert isinstance(var, Folder)
    etc.own["passwd"] = Plain(data=_PASSWD.encode(), time=BUILT)
    etc.own["group"] = Plain(data=_GROUP.encode(), time=BUILT)
    if base in _RELEASES:
        etc.own["os-release"] = Plain(data=_RELEASES[base].encode(), time=BUILT)
    if base == "alpine":
        etc.own["alpine-release"] = Plain(data=b"3.22.1\n", time=BUILT)
    if base == "debian":
        etc.own["debian_version"] = Plain(data=b"12.11\n", time=BUILT)
    var.own["run"] = Link(mode=0o777, target="/run", time=BUILT)
    for name in ("log", "tmp", "cache", "lib"):
        var.own[name] = Folder(time=BUILT)
    if base == "scratch":
        return root
    programs = dict.fromkeys(sorted(tools(flavour)), _BUSYBOX if base != "debian" else _PROGRAM)
    usr.own["bin"] = Folder(time=BUILT, own=dict(programs))
    usr.own["sbin"] = Folder(time=BUILT)
    usr.own["local"] = Folder(time=BUILT, own={"bin": Folder(time=BUILT), "sbin": Folder(time=BUILT)})
    if base == "debian":
        root["bin"] = Link(mode=0o777, target="usr/bin", time=BUILT)
        root["sbin"] = Link(mode=0o777, target="usr/sbin", time=BUILT)
    else:
        root["bin"] = Folder(time=BUILT, own=dict(programs))
        root["sbin"] = Folder(time=BUILT)
        usr.own["bin"] = Folder(time=BUILT, own={"env": _BUSYBOX})
    return root


def tools(flavour: Flavour) -> set[str]:
    """The programs of an image."""
    found = set(load_applets())
    if flavour.base == "debian":
        found -= NOT_IN_DEBIAN
    elif flavour.base == "alpine":
        found -= _ALPINE_LACKS
    else:
        found -= {"curl", "dig"}
    if flavour.base != "busybox":
        found -= {"httpd"}
    found |= set(flavour.extra)
    return (found | {"bash"}) if flavour.bash else found - {"bash"}


_BUSYBOX = Binary(time=BUILT)
_PROGRAM = Binary(time=BUILT, size=68_496)


def _devices(time: float) -> Folder:
    names = ("full", "null", "random", "tty", "urandom", "zero")
    own: dict[str, Node] = {name: Device(mode=0o666, time=time, name=name) for name in names}
    own |= {name: Device(mode=0o620, time=time, name=name) for name in ("stdin", "stdout", "stderr")}
    own |= {"pts": Folder(time=time), "shm": Folder(mode=0o1777, time=time), "mqueue": Folder(mode=0o1777, time=time)}
    own |= {"fd": Link(mode=0o777, time=time, target="/proc/self/fd"), "termination-log": Plain(mode=0o666, time=time)}
    return Folder(own=own, time=time)


def _mounts() -> list[Mount]:
    plain = "rw,nosuid,nodev,noexec,relatime"
    return [
        Mount("overlay", "/", "overlay", "rw,relatime", _DISK, _DISK // 5),
        Mount("proc", "/proc", "proc", plain),
        Mount("tmpfs", "/dev", "tmpfs", "rw,nosuid,size=65536k,mode=755", 64 * 2**20),
        Mount("devpts", "/dev/pts", "devpts", "rw,nosuid,noexec,relatime,gid=5,mode=620,ptmxmode=666"),
        Mount("mqueue", "/dev/mqueue", "mqueue", plain),
        Mount("sysfs", "/sys", "sysfs", "ro,nosuid,nodev,noexec,relatime"),
        Mount("cgroup", "/sys/fs/cgroup", "cgroup2", "ro,nosuid,nodev,noexec,relatime"),
        *(
            Mount("/dev/vda1", path, "ext4", "rw,relatime", _DISK, _DISK // 5)
            for path in ("/etc/hosts", "/dev/termination-log", "/etc/hostname", "/etc/resolv.conf")
        ),
        Mount("shm", "/dev/shm", "tmpfs", "rw,relatime,size=65536k", 64 * 2**20),
    ]


def _kubelet(system: System, pod: Obj, time: float) -> None:
    """What the kubelet puts in: names and addresses."""
    spec = pod["spec"]
    namespace = system.process.namespace
    hosts = "# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n"
    hosts += "fe00::0\tip6-localnet\nfe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n"
    address = system.process.ip or (pod.get("status") or {}).get("podIP", "")
    if address:
        hosts += f"{address}\t{system.hostname}\n"
    for alias in spec.get("hostAliases", ()):
        hosts += "\n# Entries added by HostAliases.\n" + f"{alias['ip']}\t" + "\t".join(alias["hostnames"]) + "\n"
    search = f"search {namespace}.svc.cluster.local svc.cluster.local cluster.local\n"
    dns = _dns_address(system)
    for name, text in (
        ("hosts", hosts),
        ("hostname", f"{system.hostname}\n"),
        ("resolv.conf", f"{search}nameserver {dns}\noptions ndots:5\n"),
    ):
        system.files.mount(f"/etc/{name}", Plain(data=text.encode(), time=time))


def _dns_address(system: System) -> str:
    service = system.process.cluster.registry.read("services", "kube-system", "kube-dns")
    found = ((service or {}).get("spec") or {}).get("clusterIP")
    return str(found) if found else "10.96.0.10"
