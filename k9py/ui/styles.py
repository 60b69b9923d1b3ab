"""Where the style sheets are: beside the package in a wheel, in `styles/` of the checkout otherwise."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parents[1]


def style_paths(package: Path = _PACKAGE) -> list[Path]:
    """All style sheets, in the order in which they are to be read; FileNotFoundError when there are none."""
    for folder in (package / "styles", package.parent / "styles"):
        if paths := sorted(folder.glob("*.tcss")):
            return paths
    raise FileNotFoundError(f"no style sheets in {package / 'styles'} nor in {package.parent / 'styles'}")
