"""Which format is asked for, and which one came."""

from __future__ import annotations

import pytest

from openacq.kernel.refusal import Problem, Refusal
from openacq.wire.negotiate import CONTENT_TYPES, answer_media, body_media


@pytest.mark.parametrize(
    ("accept", "format_asked", "media"),
    [
        (None, None, "xml"),
        ("", None, "xml"),
        ("*/*", None, "xml"),
        ("*", None, "xml"),
        ("application/*", None, "xml"),
        ("application/json", None, "json"),
        ("Application/JSON; charset=utf-8", None, "json"),
        ("text/json", None, "json"),
        ("application/vnd.api+json", None, "json"),
        ("application/xml", None, "xml"),
        ("text/xml", None, "xml"),
        ("application/atom+xml", None, "xml"),
        ("application/json, text/plain, */*", None, "json"),
        ("*/*, application/json", None, "json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", None, "xml"),
        ("application/json, application/xml", None, "json"),
        ("application/xml, application/json", None, "xml"),
        ("application/json;q=0.5, application/xml;q=0.8", None, "xml"),
        ("application/json;q=0.8, application/xml;q=0.5", None, "json"),
        ("application/xml;q=0.1, application/json;q=0.11", None, "json"),
        ("application/json;q=0.5, */*", None, "xml"),
        ("application/json;q=0.5, */*;q=0.1", None, "json"),
        ("application/json;q=0", None, "xml"),
        ("application/json;q=0, */*", None, "xml"),
        ("application/xml;q=0, application/json", None, "json"),
        ("application/json;q=nonsense", None, "json"),
        ("application/jsonp", None, "xml"),
        ("image/png", None, "xml"),
        ("text/html", None, "xml"),
        (",;,;;q=1,/", None, "xml"),
        ("a," * 5000 + "application/json", None, "xml"),
        ("application/xml", "json", "json"),
        ("application/json", "xml", "xml"),
        (None, "JSON", "json"),
        ("application/json", "P", "json"),
        ("application/json", "E", "json"),
        ("application/json", "", "json"),
        (None, "P", "xml"),
        (None, "yaml", "xml"),
    ],
)
def test_the_answer(accept: str | None, format_asked: str | None, media: str) -> None:
    assert answer_media(accept, format_asked) == media


def test_answers_name_their_type_without_a_blank() -> None:
    assert CONTENT_TYPES["json"] == "application/json;charset=UTF-8"
    assert CONTENT_TYPES["xml"] == "application/xml;charset=UTF-8"


@pytest.mark.parametrize(
    ("content_type", "body", "media"),
    [
        ("application/json", b"{}", "json"),
        ("application/json;charset=UTF-8", b"{}", "json"),
        ("application/xml", b"<a/>", "xml"),
        ("text/xml; charset=utf-8", b"<a/>", "xml"),
        ("application/atom+xml", b"<a/>", "xml"),
        ("application/json", b"<a/>", "json"),
        (None, b"{}", "json"),
        (None, b" \n\t{}", "json"),
        (None, b"[1]", "json"),
        (None, b"<a/>", "xml"),
        (None, b"\xef\xbb\xbf<a/>", "xml"),
        (None, b"\xef\xbb\xbf\n{}", "json"),
        (None, "<a/>".encode("utf-16"), "xml"),
        (None, b"\0<\0a\0/\0>", "xml"),
        (None, b" " * 5000 + b"{}", "json"),
        ("text/plain", b"{}", "json"),
        ("application/x-www-form-urlencoded", b"<a/>", "xml"),
        ("", b"<a/>", "xml"),
        ("text/plain", b"", None),
        ("application/json", b"", None),
        ("application/json", b" \r\n", None),
        ("image/png", b"\xef\xbb\xbf", None),
        (None, b"", None),
    ],
)
def test_the_body(content_type: str | None, body: bytes, media: str | None) -> None:
    assert body_media(content_type, body) == media


@pytest.mark.parametrize(
    ("content_type", "body", "shown"),
    [
        ("text/plain", b"hello", "text/plain"),
        ("Multipart/Form-Data; boundary=x", b"--x", "multipart/form-data"),
        (None, b"hello", "unknown"),
        ("", b"\x00\x01", "unknown"),
    ],
)
def test_a_body_nobody_understands(content_type: str | None, body: bytes, shown: str) -> None:
    with pytest.raises(Refusal) as refused:
        body_media(content_type, body)
    assert refused.value.problems == (Problem("media_unsupported", "Content-Type", shown),)
