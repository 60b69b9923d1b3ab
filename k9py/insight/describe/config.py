"""Config maps, secrets and service accounts. Of a secret's values only their sizes are told."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

from k9py.insight.describe.facts import Obj, each, get, sub, text
from k9py.insight.describe.sheet import NONE, Sheet
from k9py.insight.describe.subject import Describer, Subject, head


def describe_config_map(sheet: Sheet, subject: Subject) -> None:
    """Its texts in full, and the sizes of what is no text."""
    found = subject.found
    head(sheet, found)
    if get(found, "immutable"):
        sheet.field("Immutable", "true")
    _write_title(sheet, "Data")
    data = sub(found, "data")
    for name in sorted(data):
        sheet.section(name)
        sheet.line("----")
        for line in text(data, name).removesuffix("\n").split("\n"):
            sheet.line(line)
        sheet.line()
    _write_title(sheet, "BinaryData")
    _write_sizes(sheet, sub(found, "binaryData"))
    sheet.line()


def describe_secret(sheet: Sheet, subject: Subject) -> None:
    """Its type, and the size of each value. kubectl shows tokens of service accounts: we never do."""
    found = subject.found
    head(sheet, found)
    if get(found, "immutable"):
        sheet.field("Immutable", "true")
    sheet.line()
    sheet.field("Type", text(found, "type"))
    _write_title(sheet, "Data")
    _write_sizes(sheet, sub(found, "data"))


def _write_title(sheet: Sheet, title: str) -> None:
    sheet.line()
    sheet.line(title)
    sheet.line("====")


def _write_sizes(sheet: Sheet, values: Obj) -> None:
    for name in sorted(values):
        sheet.field(name, f"{_measure(values[name])} bytes")


def _measure(value: Any) -> int:
    """The bytes that a base64 stands for; its own where it is none."""
    try:
        return len(b64decode(str(value), validate=True))
    except ValueError:
        return len(str(value))


def describe_account(sheet: Sheet, subject: Subject) -> None:
    """The secrets that its pods pull images with, and those that it names."""
    found = subject.found
    head(sheet, found)
    for label, field in (("Image pull secrets", "imagePullSecrets"), ("Mountable secrets", "secrets")):
        names = [text(secret, "name") for secret in each(found, field)]
        if names or field == "imagePullSecrets":
            sheet.listing(label, names, none=NONE)


DESCRIBERS = (
    Describer(("configmaps",), describe_config_map),
    Describer(("secrets",), describe_secret),
    Describer(("serviceaccounts",), describe_account),
)
