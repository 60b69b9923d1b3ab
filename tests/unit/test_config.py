"""The configuration file: what it may say, what is said against it, and who beats whom."""

from __future__ import annotations

from pathlib import Path

import pytest

from k9py import cli, start
from k9py.config import known_keys, locate_config, parse_settings, read_settings
from k9py.values.errors import ConfigError
from k9py.values.settings import AuditSettings, Protected, Settings

DOCS = Path(__file__).parents[2] / "docs"
ALL = """
theme = "light"
readonly = true
readonly_contexts = ["*-dr"]
editor = "built-in"
shell = "full-screen"

[protected]
contexts = ["*prod*", "결제-?"]
clusters = ["gke_*"]

[audit]
file = "~/audit.jsonl"

[keys]
edit = "F4"
scale = "%"
shell = "shift-k"
"""


def test_all_that_can_be_set_is_read() -> None:
    assert parse_settings(ALL, "c.toml") == Settings(
        "light",
        True,
        ("*-dr",),
        "built-in",
        "full-screen",
        Protected(("*prod*", "결제-?"), ("gke_*",)),
        AuditSettings("~/audit.jsonl"),
        {"edit": "f4", "scale": "percent_sign", "shell": "K"},
    )
    assert parse_settings("", "c.toml") == Settings()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("theme = ?", "c.toml: no TOML: invalid value (at line 1, column 9)"),
        ("\ncolour = 1", "c.toml, line 2: there is no setting colour — the file has theme, readonly, "),
        (
            "[protected]\ncontext = []",
            "c.toml, line 2: there is no setting protected.context — [protected] has contexts",
        ),
        ("[colours]\nx = 1", "c.toml, line 1: there is no setting colours — the file has theme,"),
        ("audit.path = 'x'", "c.toml, line 1: there is no setting audit.path — [audit] has file"),
        ('theme = "blue"', 'c.toml, line 1: theme: "dark" or "light", not "blue"'),
        ("\nreadonly = 1", "c.toml, line 2: readonly: true or false, not a number"),
        ('readonly = "yes"', "c.toml, line 1: readonly: true or false, not a text"),
        ('readonly_contexts = "a"', 'c.toml, line 1: readonly_contexts: a list of texts: ["…", "…"], not a text'),
        ("[protected]\ncontexts = [1]", "c.toml, line 2: protected.contexts: a list of texts: "),
        ("protected = true", "c.toml, line 1: protected: a table: [protected], not true or false"),
        (
            '[keys]\n\nediting = "E"',
            "c.toml, line 3: keys.editing: there is no such action — there are attach, delete, ",
        ),
        (
            '[keys]\nedit = "hyper-e"',
            "c.toml, line 2: keys.edit: there is no key hyper-e — write it like e, E, ctrl-e, ",
        ),
        ('[keys]\nedit = "ctrl-m"', "c.toml, line 2: keys.edit: a terminal can't tell ctrl-m from enter — "),
        ('[keys]\nedit = ""', "c.toml, line 2: keys.edit: there is no key  — "),
        ('[keys]\nedit = "j"', "c.toml, line 2: keys.edit: j has a meaning in every table — choose another"),
        ('[keys]\nedit = ":"', "c.toml, line 2: keys.edit: : has a meaning in every table — choose another"),
        ('[keys]\nedit = "f4"\nscale = "f4"', "c.toml, line 3: keys.scale: edit has the same key — give it another"),
        ("[keys]\nedit = 4", 'c.toml, line 1: keys: a table of texts: edit = "f4", not a number'),
        ("keys = 4", 'c.toml, line 1: keys: a table of texts: edit = "f4", not a number'),
        ("[audit]\nfile = ['a']", "c.toml, line 2: audit.file: a text, not a list"),
    ],
)
def test_what_is_wrong_is_said_with_file_line_key_and_what_is_allowed(text: str, complaint: str) -> None:
    with pytest.raises(ConfigError) as found:
        parse_settings(text, "c.toml")
    assert found.value.line.startswith(complaint)
    assert "\n" not in found.value.line


def test_every_key_is_in_the_documentation() -> None:
    page = (DOCS / "configuration.md").read_text()
    example = page.split("```toml")[1].split("```")[0]
    parse_settings(example, "docs/configuration.md")
    for key in known_keys():
        assert f"| `{key}` |" in page, key
        assert key.rpartition(".")[2] in example, key


def test_where_the_file_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("k9py.config.platformdirs.user_config_dir", lambda *names, **more: str(tmp_path / "own"))
    own = tmp_path / "own" / "config.toml"
    assert locate_config(None, {}) == (own, False)
    assert locate_config(None, {"K9PY_CONFIG": "/e.toml"}) == (Path("/e.toml"), True)
    assert locate_config("/c.toml", {"K9PY_CONFIG": "/e.toml"}) == (Path("/c.toml"), True)
    assert read_settings(None, {}) == Settings()  # one that nobody has named need not be there
    own.parent.mkdir()
    own.write_text('theme = "light"')
    assert read_settings(None, {}).theme == "light"


def test_a_named_file_must_be_there_and_readable(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        read_settings(str(tmp_path / "none"), {})
    with pytest.raises(ConfigError, match="can't be read: Is a directory"):
        read_settings(str(tmp_path), {})
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="can't be read"):
        read_settings(str(binary), {})


@pytest.fixture
def written(tmp_path: Path) -> str:
    path = tmp_path / "config.toml"
    path.write_text(ALL)
    return str(path)


def settings(*words: str) -> Settings:
    return start.settings_of(cli.build_parser().parse_args(words))


def test_the_command_line_beats_the_file(written: str) -> None:
    assert settings("--config", written) == parse_settings(ALL, "")
    assert settings("--config", written, "--theme", "dark").theme == "dark"
    allowed = settings("--config", written, "--write")
    assert not allowed.is_readonly("any-dr")
    assert allowed.protects("my-prod")
    assert settings("--config", written, "--readonly").readonly


def test_readonly_and_write_exclude_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        settings("--readonly", "--write")
    assert "not allowed with" in capsys.readouterr().err


def test_patterns_are_those_of_a_shell() -> None:
    found = Settings(readonly_contexts=("*-dr",), protected=Protected(("*prod*", "eu-[ab]"), ("gke_?",)))
    assert [name for name in ("x-dr", "dr", "prod") if found.is_readonly(name)] == ["x-dr"]
    contexts = ("my-prod-1", "Prod", "eu-a", "eu-c", "결제")
    assert [name for name in contexts if found.protects(name, "other")] == ["my-prod-1", "eu-a"]
    assert found.protects("결제", "gke_x")


def test_a_broken_file_ends_k9py_with_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "config.toml"
    path.write_text("thme = 'dark'")
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text("contexts: []")
    code = cli.main(["--config", str(path), "--kubeconfig", str(kubeconfig), "info"])
    said = capsys.readouterr()
    assert code == 1
    assert said.err.startswith(f"k9py: {path}, line 1: there is no setting thme — the file has theme, ")
    assert said.err.count("\n") == 1
    assert f"config      {path}" in said.out


async def test_a_broken_file_is_said_before_there_is_a_screen(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[protected]\nnames = []")
    options = cli.build_parser().parse_args(["--config", str(path)])
    with pytest.raises(ConfigError, match=r"there is no setting protected\.names"):
        await start.start(options)


def test_info_prints_the_paths(written: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text("contexts: [{name: lab, context: {cluster: lab, user: me}}]")
    assert cli.main(["--config", written, "--kubeconfig", str(kubeconfig), "info"]) == 0
    said = capsys.readouterr().out
    assert f"config      {written}\n" in said
    assert f"audit       {Path('~/audit.jsonl').expanduser()}\n" in said
