"""The configuration file: read strictly, so that what is misspelt is said, and nothing is silently left out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import msgspec
import platformdirs

from k9py.values.errors import ConfigError
from k9py.values.settings import Settings

FILE = "config.toml"
VARIABLE = "K9PY_CONFIG"


def locate_config(named: str | None, environ: Mapping[str, str]) -> tuple[Path, bool]:
    """Where it is, and whether somebody has named it: `--config`, $K9PY_CONFIG, or the user's own configuration."""
    if given := named or environ.get(VARIABLE):
        return Path(given).expanduser(), True
    return Path(platformdirs.user_config_dir("k9py", appauthor=False)) / FILE, False


def read_settings(named: str | None, environ: Mapping[str, str]) -> Settings:
    """The settings. A file that nobody has named need not be there. Raises ConfigError, with the key and the line."""
    path, is_named = locate_config(named, environ)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        if is_named:
            raise ConfigError(f"{path}: there is no such file", "name another with --config") from None
        return Settings()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} can't be read: {getattr(error, 'strerror', None) or error}") from None
    return parse_settings(text, str(path))


def parse_settings(text: str, path: str) -> Settings:
    """What a text says; `path` is what it is called when something is wrong with it."""
    import tomllib  # needed only where there is a file: start-up time counts

    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: no TOML: {str(error)[:1].lower()}{str(error)[1:]}") from None
    _refuse_unknown(found, Settings, path, text)
    try:
        settings = msgspec.convert(found, Settings)
    except msgspec.ValidationError as error:
        raise ConfigError(_explain(str(error), path, text)) from None
    return msgspec.structs.replace(settings, keys=_read_keys(settings.keys, path, text)) if settings.keys else settings


def _read_keys(written: Mapping[str, str], path: str, text: str) -> dict[str, str]:
    from k9py.ui.keymap import read_keys  # needed only where keys are set

    try:
        return read_keys(written)
    except ConfigError as error:
        name = error.message.partition(":")[0].removeprefix("keys.")
        raise ConfigError(f"{path}{_line(name, text)}: {error.message}", error.cure) from None


def known_keys(struct: type[msgspec.Struct] = Settings, above: str = "") -> dict[str, Any]:
    """Every key with its type: `theme`, `protected.contexts`."""
    keys: dict[str, Any] = {}
    for field in msgspec.structs.fields(struct):
        name = f"{above}{field.encode_name}"
        if isinstance(field.type, type) and issubclass(field.type, msgspec.Struct):
            keys |= known_keys(field.type, f"{name}.")
        else:
            keys[name] = field.type
    return keys


def _refuse_unknown(
    found: Mapping[str, Any], struct: type[msgspec.Struct], path: str, text: str, above: str = ""
) -> None:
    fields = {field.encode_name: field.type for field in msgspec.structs.fields(struct)}
    for name, value in found.items():
        if name not in fields:
            where = f"[{above[:-1]}]" if above else "the file"
            tables = {each for each, kind in fields.items() if _is_table(kind) or get_origin(kind) is dict}
            allowed = ", ".join(f"[{each}]" if each in tables else each for each in fields)
            raise ConfigError(f"{path}{_line(name, text)}: there is no setting {above}{name}", f"{where} has {allowed}")
        if _is_table(fields[name]) and isinstance(value, dict):
            _refuse_unknown(value, fields[name], path, text, f"{above}{name}.")


def _is_table(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _explain(message: str, path: str, text: str) -> str:
    """In our words; msgspec says ``Expected `bool`, got `str` - at `$.readonly` ``."""
    what, _, where = message.partition(" - at ")
    key = re.sub(r"\[[^\]]*\]", "", where.strip("`").removeprefix("$").removeprefix("."))
    return f"{path}{_line(key.rpartition('.')[2], text)}: {key}: {_say_type(key)}, not {_got(what)}"


def _got(what: str) -> str:
    """The word of msgspec for what stands there instead."""
    found = re.search(r"got `(\w+)`|value '(.*)'", what)
    word = next(filter(None, found.groups()), "") if found else ""
    return {
        "str": "a text",
        "int": "a number",
        "float": "a number",
        "bool": "true or false",
        "array": "a list",
        "object": "a table",
    }.get(word, f'"{word}"')


def _say_type(key: str) -> str:
    kind = known_keys().get(key)
    if kind is None:
        return f"a table: [{key}]"
    if choices := get_args(kind) if get_origin(kind) is Literal else ():
        return " or ".join(f'"{choice}"' for choice in choices)
    if get_origin(kind) is dict:
        return 'a table of texts: edit = "f4"'
    if get_origin(kind) is tuple:
        return 'a list of texts: ["…", "…"]'
    return {bool: "true or false", str: "a text"}[kind]


def _line(name: str, text: str) -> str:
    """Where a key stands, as far as it can be found again: TOML is read without its lines."""
    wanted = re.compile(rf"^\s*(\[+\s*)?[\w.\"'-]*?[\"']?{re.escape(name)}[\"']?\s*[\].=]")
    return next((f", line {at}" for at, line in enumerate(text.splitlines(), 1) if wanted.match(line)), "")
