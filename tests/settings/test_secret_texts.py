from __future__ import annotations

import pytest

from settings.secret_texts import without_secrets

HIDDEN = [
    ("redis://:pw@host:6379/0", "redis://***@host:6379/0"),
    ("redis://:p@ss:w/or#d@h/0", "redis://***@h/0"),
    ("rediss://u:12/34@h/0", "rediss://***@h/0"),
    ("mongodb://u:p@ss@a:1,b:2/?replicaSet=r", "mongodb://***@a:1,b:2/?replicaSet=r"),
    ("mongodb+srv://u:p%40ss@cluster/", "mongodb+srv://***@cluster/"),
    ("http://user:pw@host:6800", "http://***@host:6800"),
    ("http://user:p/w#x@host:6800/a", "http://***@host:6800/a"),
    ("http://user:p?w@[::1]:6800", "http://***@[::1]:6800"),
    ("https://token@example.com/hook", "https://***@example.com/hook"),
    ("socks5h://u:p@10.0.0.1:1080 refused", "socks5h://***@10.0.0.1:1080 refused"),
    ("two: http://a:b@c and http://d:e@f", "two: http://***@c and http://***@f"),
    ("http://ü:пароль@host/", "http://***@host/"),
    ("?token=abc&x=1", "?token=***&x=1"),
    ("https://h/?access_token=abc", "https://h/?access_token=***"),
    ("https://h/?api_key=abc#f", "https://h/?api_key=***"),
    ("Authorization: Basic dXNlcjpwYXNz", "Authorization: Basic ***"),
    ("Bearer abc.def", "Bearer ***"),
    ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "***"),
]
KEPT = [
    "https://medium.com/@user",
    "http://host:8080/@user",
    "http://host:8080/a?mail=me@example.com",
    "https://www.amazon.com/s?k=usb+hub",
    "mail me@example.com",
    "redis://host:6379/0",
    "12:30:45 [scrapy] INFO: all is well",
]


@pytest.mark.parametrize(("text", "shown"), HIDDEN)
def test_what_is_secret_is_hidden(text: str, shown: str) -> None:
    assert without_secrets(text) == shown
    assert without_secrets(f"({text})").startswith("(")


@pytest.mark.parametrize("text", KEPT)
def test_what_is_not_secret_stays(text: str) -> None:
    assert without_secrets(text) == text
