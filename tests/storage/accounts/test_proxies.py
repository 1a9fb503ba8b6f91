"""What of a proxy's URL may be shown."""

from __future__ import annotations

import pytest

from storage.accounts.proxies import Proxy
from storage.base.clock import utc_now


def proxy(url: str) -> Proxy:
    return Proxy(id="1", url=url, created_at=utc_now())


@pytest.mark.parametrize(
    ("credentials", "said", "shown"),
    [
        ("user:p%40ss", "cannot reach http://user:p%40ss@h:1", "cannot reach http://***@h:1"),
        ("user:p%40ss", "password p@ss of user", "password *** of ***"),
        ("user:secret", "ausersecretword", "a******word"),
        # A name of one letter stands in most words.
        ("u:secret", "could not ask u with secret", "could not ask *** with ***"),
        ("", "cannot reach http://h:1", "cannot reach http://h:1"),
    ],
)
def test_credentials_are_hidden_in_what_others_say(credentials: str, said: str, shown: str) -> None:
    at = "@" if credentials else ""
    assert proxy(f"http://{credentials}{at}h:1").hide_credentials(said) == shown
