"""The splitter and the decoding of pages and events."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from k9py.kube.wire import Garbled, Lines, decode_events, decode_page, decode_table, read_failure, read_version


@given(st.lists(st.binary(max_size=12).map(lambda b: b.replace(b"x", b"\n"))))
def test_lines_lose_nothing_and_end_in_newlines(chunks: list[bytes]) -> None:
    lines = Lines()
    blocks = [lines.feed(chunk) for chunk in chunks]
    assert all(block.endswith(b"\n") for block in blocks if block)
    rest = lines.take_rest()
    assert b"\n" not in rest
    assert b"".join(blocks) + rest == b"".join(chunks)


def test_a_line_of_many_megabytes_comes_whole() -> None:
    lines = Lines()
    for _ in range(160):
        assert lines.feed(b"a" * 65536) == b""
    assert len(lines.feed(b"\nb")) == 160 * 65536 + 1
    assert lines.take_rest() == b"b"


def test_a_limit_bounds_what_is_kept() -> None:
    lines = Lines(limit=10)
    for _ in range(1000):
        lines.feed(b"aaaa")
    block = lines.feed(b"a\nb")
    assert 10 < len(block) < 20
    assert lines.take_rest() == b"b"


def test_a_page_of_objects() -> None:
    page = decode_page(b'{"kind":"PodList","metadata":{"resourceVersion":"7","continue":"t"},"items":[{"a":1},{}]}')
    assert page.metadata.resource_version == "7"
    assert page.metadata.continue_ == "t"
    assert page.items == [Raw(b'{"a":1}'), Raw(b"{}")]


def test_go_writes_an_empty_list_as_null() -> None:
    assert decode_page(b'{"metadata":{"resourceVersion":"7"},"items":null}').items is None


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>\n\x1b[2J</html>", b'{"kind":"Status","metadata":{}}', b"[]", b"null", b'{"items":[{]}', b"\xff\xfe"],
)
def test_what_is_no_list_never_passes_as_an_empty_one(body: bytes) -> None:
    with pytest.raises(Garbled) as caught:
        decode_page(body)
    assert caught.value.message.isprintable()
    assert len(caught.value.message) < 300


def test_events_of_a_block() -> None:
    events = decode_events(b'{"type":"ADDED","object":{"a":1}}\n\n{"type":"DELETED","object":{}}\n')
    assert [(event.type, bytes(event.object)) for event in events] == [("ADDED", b'{"a":1}'), ("DELETED", b"{}")]


@pytest.mark.parametrize("block", [b"<html>\n", b'{"kind":"Status"}\n', b'{"type":"ADDED"}\n', b"bad gateway\n"])
def test_what_is_no_event_says_so(block: bytes) -> None:
    with pytest.raises(Garbled, match="watch"):
        decode_events(block)


def test_the_version_of_an_object_and_of_what_has_none() -> None:
    assert read_version(Raw(b'{"metadata":{"resourceVersion":"9","name":"x"}}')) == "9"
    assert read_version(Raw(b"{}")) == ""


def test_a_failure_keeps_code_and_wait() -> None:
    error = read_failure(Raw(b'{"kind":"Status","code":429,"message":"slow","details":{"retryAfterSeconds":7}}'))
    assert (error.status, error.message, error.retry_after) == (429, "slow", 7)


def test_a_failure_that_is_no_status_is_a_failure_still() -> None:
    assert read_failure(Raw(b'"boom"')).status == 500


def test_a_plain_object_is_no_table() -> None:
    assert decode_table(Raw(b'{"kind":"Pod","metadata":{}}')) is None


@pytest.mark.parametrize("raw", [b"[]", b'{"metadata":7}', b'{"metadata":{"resourceVersion":3}}', b'"text"'])
def test_an_odd_object_in_an_event_says_so(raw: bytes) -> None:
    with pytest.raises(Garbled, match="watch"):
        read_version(Raw(raw))
    with pytest.raises(Garbled, match="watch"):
        decode_table(Raw(raw))
