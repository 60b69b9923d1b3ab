"""Arguments become a command, and what goes wrong with them one line and an exit code."""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from k9py import __version__, cli, start
from k9py.kube.kubeconfig import Kubeconfig, read_kubeconfig
from k9py.kube.overrides import Overrides
from k9py.kube.transport import ConnectOptions
from k9py.session.hub import Hub
from k9py.values.errors import ConfigError


def parse(*words: str) -> argparse.Namespace:
    return cli.build_parser().parse_args(words)


def kubeconfig(path: Path, url: str = "http://127.0.0.1:9", current: str = "lab", namespace: str = "") -> Path:
    context = {"cluster": "lab", "user": "tester"} | ({"namespace": namespace} if namespace else {})
    path.write_text(
        json.dumps(
            {
                "current-context": current,
                "contexts": [{"name": "lab", "context": context}, {"name": "moon", "context": context}],
                "clusters": [{"name": "lab", "cluster": {"server": url}}],
                "users": [{"name": "tester", "user": {"token": "secret"}}],
            }
        )
    )
    return path


class Version(BaseHTTPRequestHandler):
    """A server that knows its version and nothing else."""

    def do_GET(self) -> None:
        body = b'{"gitVersion": "v1.36.3"}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Version) as http:
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()
        thread.join()


def test_nothing_given_is_the_dashboard_with_its_defaults() -> None:
    options = parse()
    assert options.run is cli.run_dashboard
    assert (options.kubeconfig, options.context, options.namespace) == (None, None, None)
    assert (options.all_namespaces, options.command, options.request_timeout) == (False, "", 0.0)
    assert (options.readonly, options.theme, options.insecure_skip_tls_verify) == (False, "", False)


def test_all_options_are_read() -> None:
    line = "--kubeconfig f --context c -n shop -A -c pods --request-timeout 5s --readonly --theme light"
    options = parse(*line.split(), "--insecure-skip-tls-verify")
    assert (options.kubeconfig, options.context, options.namespace) == ("f", "c", "shop")
    assert (options.all_namespaces, options.command, options.request_timeout) == (True, "pods", 5.0)
    assert (options.readonly, options.theme, options.insecure_skip_tls_verify) == (True, "light", True)
    assert parse("-c", "deploy kube-system").command == "deploy kube-system"
    assert start.connect_options(options) == ConnectOptions(5.0)


def test_what_is_said_instead_of_the_kubeconfig_is_for_the_context_that_is_started(tmp_path: Path) -> None:
    found = read_kubeconfig(str(kubeconfig(tmp_path / "config")), {})
    line = "--cluster lab --user tester -s https://a --token t --as kim --as-uid 7 --as-group a --as-group b"
    given = Overrides("lab", "lab", "tester", "https://a", "t", "kim", "7", ("a", "b"), True, meant="https://a")
    assert start.given_for(found, parse(*line.split(), "--insecure-skip-tls-verify")).overrides == given
    other = start.given_for(found, parse("--token", "t", "--context", "moon")).overrides
    assert other == Overrides("moon", token="t", meant="http://127.0.0.1:9")
    assert start.given_for(found, parse("version", "--as", "kim")).overrides == Overrides(
        "lab", impersonate="kim", meant="http://127.0.0.1:9"
    )
    assert start.given_for(found, parse()) is found


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0", 0), ("5", 5), ("5s", 5), ("2m", 120), ("1h30m", 5400), ("500ms", 0.5), ("1.5s", 1.5), ("1m500ms", 60.5)],
)
def test_durations(text: str, seconds: float) -> None:
    assert cli.parse_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "x", "5x", "s", "-5s", "5 s", "1h 5m", "1.5", "5s!", "1e3s"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is not a duration such as 5s, 2m or 1h30m"):
        cli.parse_duration(text)


@pytest.mark.parametrize("words", [["--wrong"], ["--theme", "pink"], ["--request-timeout", "soon"], ["nonsense"]])
def test_bad_arguments_are_told_with_exit_code_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main(words)
    assert left.value.code == 2
    assert "usage: k9py" in capsys.readouterr().err


def test_version_and_help_of_the_program_itself(capsys: pytest.CaptureFixture[str]) -> None:
    for words, said in ((["--version"], f"k9py {__version__}\n"), (["--help"], "A live terminal dashboard")):
        with pytest.raises(SystemExit) as left:
            cli.main(words)
        assert left.value.code == 0
        assert said in capsys.readouterr().out


def test_it_wants_a_terminal(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert cli.main(["--kubeconfig", str(kubeconfig(tmp_path / "config"))]) == 1
    assert capsys.readouterr().err == "k9py: this needs a terminal — run it in one, not in a pipe\n"


def test_an_interrupt_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(options: argparse.Namespace) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "run_info", interrupt)
    assert cli.main(["info"]) == 130


def test_version_asks_the_server(server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--kubeconfig", str(kubeconfig(tmp_path / "config", server)), "version"]) == 0
    assert capsys.readouterr().out == f"k9py    {__version__}\nserver  v1.36.3\n"


@pytest.mark.parametrize(
    ("current", "said"),
    [("lab", "http://127.0.0.1:9 refuses connections"), ("", "the kubeconfig names no current context")],
)
def test_a_server_that_cannot_be_asked_is_no_failure_of_version(
    current: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["--kubeconfig", str(kubeconfig(tmp_path / "config", current=current)), "version"]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"k9py    {__version__}\nserver  ")
    assert said in out


def test_version_takes_the_context_that_is_named(
    server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = kubeconfig(tmp_path / "config", server, current="")
    assert cli.main(["--kubeconfig", str(path), "--context", "moon", "version"]) == 0
    assert "v1.36.3" in capsys.readouterr().out
    assert cli.main(["--kubeconfig", str(path), "--context", "mars", "version"]) == 0
    assert "mars" in capsys.readouterr().out


def test_info_tells_files_and_contexts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = kubeconfig(tmp_path / "config")
    assert cli.main(["--kubeconfig", str(path), "info"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["k9py", __version__]
    assert [line.split()[0] for line in lines[1:5]] == ["config", "log", "audit", "kubeconfig"]
    assert lines[2].endswith("k9py.log")
    assert lines[3].endswith("audit.jsonl")
    assert lines[4].split() == ["kubeconfig", str(path)]
    assert lines[5:] == ["context   * lab", "context     moon"]
    cli.main(["--kubeconfig", str(path), "--context", "moon", "info"])
    assert "context   * moon" in capsys.readouterr().out


def test_info_without_a_kubeconfig_says_so_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--kubeconfig", str(tmp_path / "none"), "info"]) == 1
    err = capsys.readouterr().err
    assert err.startswith("k9py: ")
    assert err.count("\n") == 1
    assert "none" in err


@pytest.mark.parametrize(
    ("words", "own", "namespace"),
    [([], "shop", "shop"), (["-n", "other"], "shop", "other"), (["-A"], "shop", ""), ([], "", "")],
)
def test_the_namespace_to_begin_in(
    words: list[str], own: str, namespace: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = kubeconfig(tmp_path / "config", namespace=own)
    options = parse("--kubeconfig", str(path), *words)

    async def open_it() -> str:
        hub = Hub(read_kubeconfig(str(path), {}), start.connect_options(options))
        try:
            return (await start._open(hub, options)).namespaces.one
        finally:
            await hub.close()

    assert asyncio.run(open_it()) == namespace


def test_the_dashboard_is_started_with_what_the_options_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from k9py.ui.app import K9pyApp

    shown: list[K9pyApp] = []

    async def run(app: K9pyApp) -> None:
        shown.append(app)
        await app.hub.close()

    monkeypatch.setattr(K9pyApp, "run_async", run)
    monkeypatch.setattr(start, "open_log", lambda: tmp_path / "k9py.log")
    monkeypatch.setattr(start, "spare_collector", lambda: None)
    path = kubeconfig(tmp_path / "config")
    words = ["--kubeconfig", str(path), "--readonly", "--theme", "light", "-c", "deploy shop"]
    assert asyncio.run(start.start(parse(*words))) == 0
    (app,) = shown
    assert app.readonly
    assert app.theme == "k9py-light"
    assert app._first_command == "deploy shop"
    assert app.session
    assert app.session.context.name == "lab"


@pytest.mark.parametrize(
    ("words", "trouble"),
    [(["--kubeconfig", "/nowhere/config"], "/nowhere/config"), (["--context", "mars"], "mars")],
)
def test_what_is_wrong_is_shown_on_the_screen_not_instead_of_it(
    words: list[str], trouble: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from k9py.ui.app import K9pyApp

    shown: list[K9pyApp] = []

    async def run(app: K9pyApp) -> None:
        shown.append(app)

    monkeypatch.setattr(K9pyApp, "run_async", run)
    monkeypatch.setattr(start, "open_log", lambda: tmp_path / "k9py.log")
    monkeypatch.setattr(start, "spare_collector", lambda: None)
    monkeypatch.setenv("KUBECONFIG", str(kubeconfig(tmp_path / "config")))
    assert asyncio.run(start.start(parse(*words))) == 0
    assert shown[0].session is None
    assert trouble in shown[0]._trouble


def test_without_a_current_context_the_cure_is_named() -> None:
    with pytest.raises(ConfigError) as raised:
        start._context_name(Kubeconfig((), (), ""), parse())
    assert raised.value.cure == "choose one here, or with --context"


def test_it_runs_as_a_module(tmp_path: Path) -> None:
    path = kubeconfig(tmp_path / "config")
    done = subprocess.run(
        [sys.executable, "-m", "k9py.cli", "--kubeconfig", str(path)],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == "k9py: this needs a terminal — run it in one, not in a pipe\n"
    assert done.stdout == ""
