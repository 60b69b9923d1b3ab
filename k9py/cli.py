"""Arguments become a command. Nothing heavy is imported before it is known which one."""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import sys
from collections.abc import Sequence

from k9py import __version__
from k9py.values.errors import ConfigError, K9pyError


def main(argv: Sequence[str] | None = None) -> int:
    """Run k9py; answers the exit code: 0, 1 for what a person must be told, 2 for bad arguments."""
    options = build_parser().parse_args(argv)
    try:
        return int(options.run(options))
    except K9pyError as error:
        print(f"k9py: {error.line}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def build_parser() -> argparse.ArgumentParser:
    """All options and subcommands."""
    parser = argparse.ArgumentParser(prog="k9py", description="A live terminal dashboard for Kubernetes.")
    _add_options(parser)
    parser.set_defaults(run=run_dashboard, command="", request_timeout=0.0, theme="", plan=None, greeting="")
    # the options may stand after a command as well; there, those that are not given say nothing
    after = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    _add_options(after)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="subcommand")
    for name, run, about in (
        ("version", run_version, "print the versions of k9py and of the cluster's server"),
        ("info", run_info, "print where k9py's files are and which contexts it sees"),
    ):
        commands.add_parser(name, help=about, parents=[after]).set_defaults(run=run)
    demo = commands.add_parser("demo", help="open k9py on a cluster that lives inside it", parents=[after])
    demo.set_defaults(run=run_demo)
    _add_demo_options(demo)
    return parser


def _add_demo_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--serve", action="store_true", help="no screen: print its kubeconfig and serve until ctrl-c")
    parser.add_argument("--port", metavar="N", type=int, default=0, help="of --serve (default: any that is free)")
    parser.add_argument("--pods", metavar="N", type=int, default=0, help="so many pods in all (default: the shop's)")
    parser.add_argument("--nodes", metavar="N", type=int, default=0, help="so many nodes in all (default: four)")
    parser.add_argument("--churn", metavar="N", type=int, help="changes a second of the pods beyond the shop's")
    parser.add_argument("--seed", metavar="N", type=int, default=1, help="the same seed gives the same cluster")
    parser.add_argument("--speed", metavar="X", type=float, default=1.0, help="let its time go X times as fast")
    parser.add_argument(
        "--story", metavar="NAME", nargs="?", const="bad-deploy", default="", help="an incident to find and mend"
    )
    parser.add_argument(
        "--like", metavar="VERSION", default="", help="offer only what a server of that version does: 1.20"
    )


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--version", action="version", version=f"k9py {__version__}")
    parser.add_argument(
        "--kubeconfig", metavar="FILE", help="the kubeconfig (default: $KUBECONFIG, else ~/.kube/config)"
    )
    parser.add_argument("--context", metavar="NAME", help="the context (default: the kubeconfig's current one)")
    parser.add_argument("-n", "--namespace", metavar="NAME", help="the namespace to begin in")
    parser.add_argument("-A", "--all-namespaces", action="store_true", help="begin in all namespaces")
    parser.add_argument("-c", "--command", metavar="COMMAND", help='open a view: -c pods, -c "deploy kube-system"')
    parser.add_argument(
        "--request-timeout",
        metavar="TIME",
        type=parse_duration,
        help="give up on a request after this long: 5s, 2m; 0 is the default (30s)",
    )
    parser.add_argument(
        "--config", metavar="FILE", help="the configuration (default: $K9PY_CONFIG, else k9py/config.toml of the user)"
    )
    writing = parser.add_mutually_exclusive_group()
    writing.add_argument("--readonly", action="store_true", help="change nothing")
    writing.add_argument("--write", action="store_true", help="allow changes, whatever the configuration says")
    parser.add_argument("--theme", choices=("dark", "light"), help="dark or light")
    _add_overrides(parser.add_argument_group("instead of what the kubeconfig says, for the context that is started"))


def _add_overrides(group: argparse._ArgumentGroup) -> None:
    """The flags of kubectl, by their names there."""
    group.add_argument("--cluster", metavar="NAME", help="the kubeconfig's cluster of this name")
    group.add_argument("--user", metavar="NAME", help="the kubeconfig's user of this name")
    group.add_argument("-s", "--server", metavar="URL", help="the API server's address")
    group.add_argument("--token", help="the bearer token to prove who you are")
    group.add_argument("--as", metavar="USER", dest="impersonate", help="act as this user (impersonation)")
    group.add_argument("--as-uid", metavar="UID", dest="impersonate_uid", help="the UID of who you act as")
    group.add_argument(
        "--as-group",
        metavar="GROUP",
        dest="impersonate_groups",
        action="append",
        help="a group of who you act as; it may be given more than once",
    )
    group.add_argument("--insecure-skip-tls-verify", action="store_true", help="do not check the server's certificate")


def parse_duration(text: str) -> float:
    """Seconds of a duration as kubectl takes it: `5`, `5s`, `2m`, `1h30m`, `500ms`."""
    import re

    units = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
    if text.isascii() and text.isdigit():
        return float(text)
    if not re.fullmatch(r"(\d+(?:\.\d+)?(?:ms|s|m|h))+", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a duration such as 5s, 2m or 1h30m")
    return sum(float(number) * units[unit] for number, unit in re.findall(r"(\d+(?:\.\d+)?)(ms|s|m|h)", text))


def run_dashboard(options: argparse.Namespace) -> int:
    """Open the dashboard."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise ConfigError("this needs a terminal", "run it in one, not in a pipe")
    gc.disable()  # while all that comes is kept, there is nothing to find; start lets it begin
    try:
        from k9py.start import start

        return asyncio.run(start(options))
    finally:
        gc.enable()


def run_demo(options: argparse.Namespace) -> int:
    """Open the dashboard on the embedded cluster, or only serve that."""
    from k9py.demo.options import plan_from, story_of

    plan = plan_from(options)
    if not options.serve:
        options.plan, options.greeting = plan, story_of(plan)
        return run_dashboard(options)
    from k9py.demo.serve import serve

    return asyncio.run(serve(plan, options.port, lambda kubeconfig: print(kubeconfig, flush=True)))


def run_version(options: argparse.Namespace) -> int:
    """Print versions; a server that can't be asked is said, and is no failure of k9py's."""
    from k9py.start import ask_version

    print(f"k9py    {__version__}")
    try:
        print(f"server  {asyncio.run(ask_version(options))}")
    except K9pyError as error:
        print(f"server  {error.line}")
    return 0


def run_info(options: argparse.Namespace) -> int:
    """Print files and contexts."""
    import platformdirs

    from k9py.config import locate_config, read_settings
    from k9py.kube.kubeconfig import read_kubeconfig

    log_folder = platformdirs.user_log_dir("k9py", appauthor=False)
    config, _ = locate_config(options.config, os.environ)
    print(f"k9py        {__version__}")
    print(f"config      {config}{'' if config.exists() else '  (there is none)'}")
    settings = read_settings(options.config, os.environ)
    print(f"log         {log_folder}/k9py.log")
    print(f"audit       {settings.audit.path or f'{log_folder}/audit.jsonl'}")
    kubeconfig = read_kubeconfig(options.kubeconfig, os.environ)
    print(f"kubeconfig  {', '.join(map(str, kubeconfig.paths)) or 'none: the service account of this pod'}")
    for context in kubeconfig.contexts:
        sign = "*" if context.name == (options.context or kubeconfig.current) else " "
        print(f"context   {sign} {context.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
