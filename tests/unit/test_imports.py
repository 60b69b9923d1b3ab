"""What is imported when, and whether an installed k9py finds what it needs."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = ("textual", "rich", "kubernetes", "aiohttp", "yaml", "msgspec", "psutil")


def run(code: str, *, cwd: Path = ROOT, path: Path | None = None) -> str:
    environ = {**os.environ, "PYTHONPATH": str(path or ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=cwd, env=environ
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("module", "forbidden"),
    [
        ("k9py.cli", HEAVY),
        ("k9py.kube.kubeconfig", ("textual", "kubernetes", "aiohttp")),
        ("k9py.session.hub", ("textual",)),
        ("k9py.start", ("textual",)),
        ("k9py.actions.registry", ("textual", "kubernetes", "aiohttp")),
        ("k9py.kinds.registry", ("textual", "kubernetes", "aiohttp")),
        ("k9py.store.view", ("textual", "kubernetes", "aiohttp")),
    ],
)
def test_nothing_is_imported_before_it_is_needed(module: str, forbidden: tuple[str, ...]) -> None:
    found = run(f"import sys, {module}; print(*(name for name in {forbidden!r} if name in sys.modules))")
    assert found == ""


def test_info_loads_neither_a_screen_nor_a_client(tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text("contexts: [{name: lab, context: {cluster: lab, user: me}}]")
    code = (
        f"import sys; from k9py.cli import main; main(['--kubeconfig', {str(path)!r}, 'info']);"
        "print(*(name for name in ('textual', 'kubernetes', 'aiohttp') if name in sys.modules))"
    )
    assert run(code).splitlines()[-1] == "context     lab"


def install(folder: Path) -> None:
    """Lay files out as the wheel has them, by what pyproject.toml says of it."""
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    places = {package: package for package in wheel["packages"]} | wheel["force-include"]
    for source, place in places.items():
        copytree(ROOT / source, folder / place, ignore=ignore_patterns("__pycache__"))


def test_an_installed_k9py_finds_its_style_sheets(tmp_path: Path) -> None:
    installed = tmp_path / "site"
    install(installed)
    code = "import k9py; from k9py.ui.styles import style_paths; print(k9py.__file__, *style_paths(), sep='\\n')"
    package, *sheets = run(code, cwd=tmp_path, path=installed).splitlines()
    assert Path(package) == installed / "k9py" / "__init__.py"
    assert [Path(sheet) for sheet in sheets] == [
        installed / "k9py" / "styles" / path.name for path in sorted((ROOT / "styles").glob("*.tcss"))
    ]
    assert sheets
