"""From a page's bytes to its text, as browsers do it: what is declared, then what is provable, then the
default of the host's language. Nothing is guessed by statistics.

Order (HTML standard, 13.2.3.2): byte order mark, Content-Type, `<meta>` or XML declaration; then bytes
that are valid UTF-8 are UTF-8; then the table of the standard's defaults.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

import webencodings

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16le"), (b"\xfe\xff", "utf-16be"))
# Browsers look this far for a declaration; authors who put scripts before theirs are met half-way.
_PROLOGUE_BYTES = 4096
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([^\s\"';,]+)", re.IGNORECASE)
_COMMENT = re.compile(rb"<!--.*?(?:-->|$)", re.DOTALL)
_META = re.compile(rb"<meta[\s/][^>]*>", re.IGNORECASE)
_META_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([^\s\"'/>;]+)", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']\s*([^\"'\s]+)", re.IGNORECASE)
# Two bytes wide and without a mark: no page of another encoding begins so.
_WIDE = ((b"<\x00", "utf-16le"), (b"\x00<", "utf-16be"))

# Python's decoders of these names know fewer characters than browsers' do.
_CODECS: Mapping[str, str] = MappingProxyType({"gbk": "gb18030", "euc-kr": "cp949"})
_WESTERN = "windows-1252"
# By the last label of the host; the HTML standard has the same table by language.
_DEFAULTS: Mapping[str, str] = MappingProxyType(
    {
        label: name
        for name, labels in {
            "windows-1250": "cz sk pl hu hr si ro ba",
            "windows-1251": "ru su by ua bg kz kg mk rs mn tj xn--p1ai xn--j1amh xn--90ais",
            "windows-1254": "tr az",
            "windows-1255": "il",
            "windows-1256": "ae sa eg ir iq jo kw lb ly ma om qa sy ye bh dz pk",
            "windows-1257": "lt lv ee",
            "windows-1258": "vn",
            "windows-874": "th",
            "iso-8859-7": "gr cy",
            "shift_jis": "jp",
            "euc-kr": "kr",
            "gbk": "cn",
            "big5": "tw hk",
        }.items()
        for label in labels.split()
    }
)


def text_from_bytes(body: bytes, *, content_type: str = "", host: str = "") -> str:
    """`content_type`: the header's value. What does not fit the encoding becomes U+FFFD."""
    for mark, marked in _BOMS:
        if body.startswith(mark):
            return _decoded(body[len(mark) :], marked)
    name = declared_encoding(body, content_type=content_type)
    if name is None:
        try:
            return body.decode("utf-8")
        except UnicodeDecodeError:
            name = default_encoding(host)
    return _decoded(body, name)


def declared_encoding(body: bytes, *, content_type: str = "") -> str | None:
    """The standard's name of what header or page declare; labels that browsers do not know are passed
    over. A byte order mark, which comes before both, is not looked at."""
    for start, wide in _WIDE:
        if body.startswith(start):
            return wide
    in_header = _HEADER_CHARSET.search(content_type)
    if in_header is not None and (name := name_of(in_header[1])):
        return name
    return _declared_in(body[:_PROLOGUE_BYTES])


def default_encoding(host: str) -> str:
    return _DEFAULTS.get(host.rstrip(".").rpartition(".")[2].lower(), _WESTERN)


def name_of(label: str) -> str | None:
    """The standard's name of a label such as `latin1`; None where it has none."""
    found = webencodings.lookup(label)
    return found.name if found is not None else None


def _declared_in(head: bytes) -> str | None:
    xml = _XML_ENCODING.match(head.lstrip())
    labels = [xml[1]] if xml is not None else []
    for meta in _META.finditer(_COMMENT.sub(b"", head)):
        if found := _META_CHARSET.search(meta[0]):
            labels.append(found[1])
    for label in labels:
        name = name_of(label.decode("ascii", "replace"))
        # A declaration that could be read as bytes is not two bytes wide.
        if name is not None and name.startswith("utf-16"):
            return "utf-8"
        if name is not None:
            return _WESTERN if name == "x-user-defined" else name
    return None


def _decoded(body: bytes, name: str) -> str:
    if name == _WESTERN:
        return _decoded_western(body)
    if name == "replacement":
        # Encodings in which markup can be hidden; browsers show one character for all of it.
        return "\ufffd" if body else ""
    if codec := _CODECS.get(name):
        return body.decode(codec, "replace")
    text: str = webencodings.lookup(name).codec_info.decode(body, "replace")[0]
    return text


def _decoded_western(body: bytes) -> str:
    """Its five unassigned bytes are control characters to browsers, and errors to Python."""
    try:
        return body.decode("cp1252")
    except UnicodeDecodeError:
        return body.decode("latin-1").translate(_HIGH_CONTROLS)


_HIGH_CONTROLS = {
    code: bytes([code]).decode("cp1252")
    for code in range(0x80, 0xA0)
    if code not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
