"""What differs from run to run by nature, made the same: uids, times, ages, addresses, generated names."""

from __future__ import annotations

import re
from collections.abc import Sequence

_LETTERS = "[bcdfghjklmnpqrstvwxz2456789]"
RULES: Sequence[tuple[str, str]] = (
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UID"),
    (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z| ?[+-]\d\d:?\d\d(?: UTC)?)", "TIME"),
    (r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d (?:[+-]\d{4}|GMT)", "TIME"),
    (r'ETag: "[0-9a-f]+-', 'ETag: "TIME-'),
    (r"(?:containerd|docker)://[0-9a-f]{64}", "CONTAINER-ID"),
    (r"/tmp/kubectl-edit-\d+", "/tmp/kubectl-edit"),
    (r"sha256:[0-9a-f]{64}", "DIGEST"),
    (r"\b[0-9a-f]{64}\b", "ID"),
    (r"https?://127\.0\.0\.1(?::\d+)?(?:/[\w-]{16})?", "SERVER"),
    (r"https://\d+\.\d+\.\d+\.\d+:\d+", "SERVER"),
    (r":3[0-2]\d{3}/", ":NODEPORT/"),
    (r'("serverAddress": )"[^"]+"', r'\1"SERVER"'),
    (r"\b\d{1,3}(?:\.\d{1,3}){3}\b", "ADDRESS"),
    (r'("continue": ?)"[^"]+"', r'\1"TOKEN"'),
    (r"(too old resource version: \d+|match the ResourceVersion in record) \(\d+\)", r"\1 (VERSION)"),
    (r"<invalid>", "AGE"),
    (r"(resourceVersion: |\"resourceVersion\": ?)\"\d+\"", r'\1"VERSION"'),
    (r"\b(?=[bcdf-hj-np-tv-z2-9]*[a-z])[bcdf-hj-np-tv-z2-9]{8,10}\b(?=-|\b)", "HASH"),
    (r"-[bcdfghj-np-tvwxz2-9]{5}\b(?![-.\w])", "-NNNNN"),
    (r"\.[0-9a-f]{16}\b", ".EVENT"),
    (r"\bnode[12]\b|\bworker-[a-z]\b|\bcp-1\b", "NODE"),
    (r"(?<![\w.-])(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+(?:\.\d+)?s)?(?<=\d[smhd])(?![\w.-])", "AGE"),
    (r"AGE \(x\d+ over AGE\)", "AGE"),
)
_ASIDE = re.compile(r"^[IWE]\d{4} [^\n]*(?:watch ended with error|Copying stdin failed)[^\n]*\n", re.MULTILINE)
"""What kubectl logs of a connection that ends before it has sent all: it does or not, as the moment is."""
_COMPILED = [(re.compile(pattern), replacement) for pattern, replacement in RULES]


def normalize(text: str, namespace: str) -> str:
    """The text with all that made the same, its columns parted by two spaces."""
    text = re.sub(rf"\S*/{namespace}/", "TMP/", text).replace(namespace, "NAMESPACE")
    for pattern, replacement in _COMPILED:
        text = pattern.sub(replacement, text)
    text = _ASIDE.sub("", text)
    lines = [re.sub(r"(?<=\S) {2,}(?=\S)", "  ", line.rstrip()) for line in text.splitlines()]
    return "\n".join(lines).strip("\n")
