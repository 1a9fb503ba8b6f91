import pytest

from sandbox.http.messages import Request
from sandbox.visitors.visits import language_of
from tests.sandbox.visitors.conftest import OpenStore
from tests.sandbox.visitors.guest import Guest


@pytest.mark.parametrize(
    ("parameter", "cookie", "header", "shown"),
    [
        ("", "", "", "en-us"),
        ("", "", "fr-FR,fr;q=0.8", "fr-fr"),
        ("", "de_DE", "fr-FR", "de-de"),
        ("it_IT", "de_DE", "fr-FR", "it-it"),
        ("it_IT", "", "fr-FR", "it-it"),
        # Nobody speaks it here.
        ("", "", "ko-KR", "en-us"),
        ("", "", "de", "de-de"),
    ],
)
def test_parameter_beats_cookie_beats_header(
    open_store: OpenStore, parameter: str, cookie: str, header: str, shown: str
) -> None:
    guest = Guest(open_store())
    if cookie:
        guest.cookies["lc-main"] = cookie
    target = "/s?k=desk+lamp" + (f"&language={parameter}" if parameter else "")
    html = guest.page(target, accept_language=header)
    assert f'<html lang="{shown}"' in html


def test_language_asked_by_parameter_stays(open_store: OpenStore) -> None:
    guest = Guest(open_store(), host="www.amazon.de")
    guest.page()
    assert 'lang="en-gb"' in guest.page("/s?k=desk+lamp&language=en_GB")
    assert 'lang="en-gb"' in guest.page()


def test_cookie_of_any_store_is_read() -> None:
    request = Request("GET", "/", {"cookie": "a=b; lc-acbde=en_GB"})
    assert language_of(request) == "en_GB"
