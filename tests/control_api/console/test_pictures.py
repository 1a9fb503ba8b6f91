"""Pictures of rows come from us alone, and we fetch nothing that a page of ours did not name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from threading import Event, Thread
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest
from pymongo.database import Database

from control_api.gateways.outbound import Outbound
from control_api.services.pictures import pictures as pictures_module
from control_api.services.pictures.addresses import ROW_SIZE, address_from_url
from control_api.services.pictures.cache import RETRY_SECONDS, PictureCache
from control_api.services.pictures.kinds import MAX_EDGE, Picture, picture_from_bytes
from control_api.services.pictures.pictures import (
    MAX_PICTURE_BYTES,
    Pictures,
    PictureStore,
    SignedPicture,
)
from settings.config import Config
from storage.jobs.settlement import Settlement
from tests.control_api.conftest import PASSWORD, SECRET, Tenant
from tests.control_api.console.conftest import SAME_SITE, Person
from tests.control_api.console.job_pictures import BASE, job_with, paths_of_pictures
from tests.control_api.console.picture_host import (
    JPEG,
    WEBP,
    Answer,
    PictureHost,
    png,
    running_host,
)
from tests.control_api.processes import running_api

LOOPBACK = (ip_network("127.0.0.1/32"),)
EMPTY = b"<svg"


@pytest.fixture(scope="module")
def hosts() -> Iterator[PictureHost]:
    with running_host() as host:
        yield host


@pytest.fixture
def host(hosts: PictureHost) -> PictureHost:
    hosts.forget()
    return hosts


@pytest.fixture
def config(config: Config, host: PictureHost) -> Config:
    return replace(config, images=True, amazon_origin=host.origin, sandbox_url=host.origin)


def path_of(person: Person, settlement: Settlement, name: str) -> str:
    page = person.get(f"/jobs/{job_with(person.tenant, settlement, name)}").text
    (path,) = paths_of_pictures(page)
    return path


def test_rows_show_their_pictures_in_a_small_size(
    person: Person, settlement: Settlement, host: PictureHost
) -> None:
    host.answers["71small"] = Answer(JPEG, content_type="text/html")
    path = path_of(person, settlement, "71small._AC_UY218_")
    for _ in range(2):
        answer = person.client.get(path)
        assert (answer.status_code, answer.data) == (200, JPEG)
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert answer.headers["Cache-Control"] == "private, max-age=604800, immutable"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    # Once, in Amazon's own small form, and with nothing of the person.
    ((asked, headers),) = host.asked
    assert asked == "/images/I/71small._SL160_.jpg"
    assert not {"Cookie", "Referer", "Authorization"} & headers.keys()


@pytest.mark.parametrize(("body", "kind"), [(WEBP, "webp"), (png(), "png"), (JPEG, "jpeg")])
def test_what_a_picture_is_its_bytes_say(
    person: Person, settlement: Settlement, host: PictureHost, body: bytes, kind: str
) -> None:
    name = f"71kind{kind}"
    host.answers[name] = Answer(body, content_type="text/html")
    answer = person.client.get(path_of(person, settlement, name))
    assert (answer.data, answer.headers["Content-Type"]) == (body, f"image/{kind}")


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
NO_PICTURES = {
    "svg": Answer(SVG, content_type="image/svg+xml"),
    "svg-called-png": Answer(SVG),
    "html": Answer(b"<html><script>alert(1)</script>", content_type="image/png"),
    "gif": Answer(b"GIF89a" + bytes(40)),
    "too-long": Answer(png() + bytes(MAX_PICTURE_BYTES)),
    "bomb": Answer(png(60_000, 60_000)),
    "line": Answer(png(MAX_EDGE + 1, 1)),
    "nothing-high": Answer(png(10, 0)),
    "cut": Answer(JPEG[:12]),
    "empty": Answer(b""),
    "gone": Answer(png(), status=404),
    "forbidden": Answer(png(), status=403),
    "partial": Answer(png(), status=206),
    "slow": Answer(png(), delay_seconds=0.8),
    "dripping": Answer(png(), drip_seconds=0.1),
    "packed": Answer(b"\x1f\x8b" + bytes(30), headers={"Content-Encoding": "gzip"}),
}


@pytest.mark.parametrize("attack", NO_PICTURES)
def test_what_is_no_picture_is_an_empty_place(
    person: Person,
    settlement: Settlement,
    host: PictureHost,
    attack: str,
    app: object,
) -> None:
    shorten(app)
    name = f"71{attack}"
    host.answers[name] = NO_PICTURES[attack]
    path = path_of(person, settlement, name)
    for _ in range(2):
        answer = person.client.get(path)
        assert answer.status_code == 200 and answer.data.startswith(EMPTY)
        assert b"script" not in answer.data
        assert answer.headers["Cache-Control"] == "no-store"
    # And is not asked for again at once.
    assert len(host.asked) == 1


def shorten(app: object) -> None:
    """Half a second instead of five."""
    store = app.extensions["azscraper"].pictures._stores[""]  # type: ignore[attr-defined]
    store.client._exchange_seconds = 0.5


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(
    person: Person, settlement: Settlement, host: PictureHost, status: int
) -> None:
    with running_host() as inside:
        headers = {"Location": f"{inside.origin}/images/I/71inside.jpg"}
        host.answers[f"71moved{status}"] = Answer(b"", status, headers=headers)
        answer = person.client.get(path_of(person, settlement, f"71moved{status}"))
        assert answer.data.startswith(EMPTY) and inside.asked == []


def test_an_address_that_no_page_named_is_not_fetched(
    person: Person, settlement: Settlement, host: PictureHost
) -> None:
    path = path_of(person, settlement, "71mine")
    given = dict(parse_qsl(urlsplit(path).query))
    other = f"{BASE}71other.jpg"
    tries = [
        {},
        {"u": given["u"]},
        {**given, "u": other},
        {**given, "u": "http://127.0.0.1/x.png"},
        {**given, "s": ""},
        {**given, "s": "0" * 32},
        {**given, "s": given["s"][:-1]},
        {**given, "s": given["s"].upper()},
        {**given, "s": "é"},
        {**given, "m": "sandbox"},
        {**given, "m": "DE"},
    ]
    for asked in tries:
        answer = person.get(f"/pictures/160?{urlencode(asked)}")
        assert answer.status_code == 404, asked
    for size in (0, 1, 159, 500, 161, 9_999):
        assert person.get(f"/pictures/{size}?{urlencode(given)}").status_code == 404, size
    assert host.asked == []
    assert person.client.get(path).data == png()


@pytest.mark.parametrize(
    "url",
    [
        "http://m.media-amazon.com/images/I/71abc.jpg", "//m.media-amazon.com/images/I/71abc.jpg",
        "https://m.media-amazon.com.evil.example/images/I/71abc.jpg",
        "https://evil.example/images/I/71abc.jpg", "https://evilimages-amazon.com/images/I/71abc.jpg",
        "https://m.media-amazon.com@evil.example/images/I/71abc.jpg",
        "https://evil.example#@m.media-amazon.com/images/I/71abc.jpg",
        "https://m.media-amazon.com:8443/images/I/71abc.jpg", "https://127.0.0.1/images/I/71abc.jpg",
        "https://[::1]/images/I/71abc.jpg", "https://2130706433/images/I/71abc.jpg",
        "https://169.254.169.254/latest/meta-data", "https://m.media-amazon.com/images/I/71abc.svg",
        "https://m.media-amazon.com/images/I/../../x.jpg", "https://m.media-amazon.com/images/I/71abc.jpg?x=1",
        "https://m.media-amazon.com/images/I/71%2fabc.jpg", "https://m.media-amazon.com/images/I/71abc.jpg#x",
        "https://m.media-amazon.com\\images\\I\\71abc.jpg", "https://m.media-amazon.com/images/I/71abc.jpg\n",
        "https://m.media-amazon.com/images/I/71abc.jpg\r\nHost: evil.example", "https://m.media-amazon.com/x.jpg",
        "https://m.media-amazon.com/images/I/71 abc.jpg", "https://m.media-amazon.com/images/I/71аbc.jpg",
        "file:///etc/passwd.jpg", "data:image/png;base64,AAAA", "javascript:alert(1)//.jpg",
        "https://m.media-amazon.com/images/I/" + "a" * 400 + ".jpg", "", None, 5, ["x"], {"url": "x"},
    ],
)  # fmt: skip
def test_only_pictures_of_amazons_hosts_have_an_address(url: object) -> None:
    assert address_from_url(url, ROW_SIZE) is None


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://m.media-amazon.com/images/I/71IsOVic7kL.jpg", "/images/I/71IsOVic7kL._SL160_.jpg"),
        ("https://m.media-amazon.com/images/I/71IsOVic7kL._AC_UY218_.jpg", "/images/I/71IsOVic7kL._SL160_.jpg"),
        ("https://images-na.ssl-images-amazon.com/images/I/71+a-b_c.png", "/images/I/71+a-b_c._SL160_.png"),
        ("https://images-eu.images-amazon.com/images/P/B000000001.webp", "/images/P/B000000001._SL160_.webp"),
    ],
)  # fmt: skip
def test_an_address_is_that_of_the_small_form(url: str, path: str) -> None:
    found = address_from_url(url, ROW_SIZE)
    assert found is not None and found.path == path and found.host in url


@pytest.mark.parametrize(
    "answer", [["127.0.0.1"], ["10.0.0.5"], ["169.254.169.254"], ["::1"], ["8.8.8.8", "127.0.0.1"]]
)
def test_amazons_name_leads_to_public_addresses_alone(answer: list[str]) -> None:
    """By the same check as webhooks, where the socket opens."""
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return answer

    client = Outbound(resolve=resolve, exchange_seconds=2)
    pictures = made({"": PictureStore(client)})
    signed = pictures.sign(f"{BASE}71abc.jpg", "US", ROW_SIZE)
    assert signed is not None
    assert fetched(pictures, signed) is None
    assert asked == ["m.media-amazon.com"]


def made(stores: dict[str, PictureStore | None], max_bytes: int = 10_000_000) -> Pictures:
    return Pictures(SECRET, stores, PictureCache(max_bytes), count_defect=lambda place: None)


def fetched(pictures: Pictures, signed: SignedPicture) -> Picture | None:
    found = pictures.find(signed)
    return found if found is None or isinstance(found, Picture) else found.result(timeout=10)


def test_pictures_of_the_practice_store_come_from_it_or_not_at_all(host: PictureHost) -> None:
    url = f"{BASE}71abc.jpg"

    class Nobody:
        def get(self, url: str, headers: object, *, max_bytes: int) -> object:
            raise AssertionError("Amazon is asked")

    amazon = PictureStore(Nobody())  # type: ignore[arg-type]
    everywhere = Outbound(LOOPBACK)
    practice = made({"": amazon, "sandbox": PictureStore(everywhere, host.origin)})
    signed = practice.sign(url, "sandbox", ROW_SIZE)
    assert signed is not None and fetched(practice, signed) is not None
    assert made({"": amazon, "sandbox": None}).sign(url, "sandbox", ROW_SIZE) is None


def test_four_are_fetched_at_a_time_and_the_same_one_once(
    host: PictureHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    everywhere = Outbound(LOOPBACK)
    pictures = made({"": PictureStore(everywhere, host.origin)})
    monkeypatch.setattr(pictures_module, "_MAX_WAITING", 10)
    host.hold, host.most_at_once = Event(), 0
    try:
        signed = [pictures.sign(f"{BASE}71n{n:04}.jpg", "US", ROW_SIZE) for n in range(12)]
        found = [pictures.find(one) for one in signed if one]
        assert [one is None for one in found] == [False] * 10 + [True] * 2
        assert signed[0] and pictures.find(signed[0]) is found[0]
        while host.at_once < 4:
            Event().wait(0.02)
    finally:
        host.hold.set()
        host.hold = None
    for one in found[:10]:
        assert one is not None and not isinstance(one, Picture) and one.result(timeout=10)
    assert (len(host.asked), host.most_at_once) == (10, 4)


def test_the_cache_keeps_its_bytes_and_forgets_failures() -> None:
    now = [0.0]
    cache = PictureCache(5_000, clock=lambda: now[0])
    addresses = [address_from_url(f"{BASE}71n{n:04}.jpg", ROW_SIZE) for n in range(4)]
    first, second, third, gone = (one for one in addresses if one)
    picture = Picture("image/png", bytes(1_500))
    cache.keep(first, picture)
    cache.keep(second, picture)
    assert cache.find(first) == (picture,)
    cache.keep(third, picture)
    # The one that nobody asked for since.
    assert [cache.find(one) is not None for one in (first, second, third)] == [True, False, True]
    cache.keep(gone, None)
    assert cache.find(gone) == (None,)
    now[0] = RETRY_SECONDS
    assert cache.find(gone) is None and cache.find(third) == (picture,)


@pytest.mark.parametrize(
    ("data", "is_picture"),
    [
        (b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x09\0\0\x09\0\0", True),
        (b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xff\xff\xff\x09\0\0", False),
        (b"RIFF\0\0\0\0WEBPVP8 \x0a\0\0\0\0\0\0\x9d\x01\x2a\x0a\0\x0a\0", True),
        (b"RIFF\0\0\0\0WAVEfmt " + bytes(30), False),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), False),
        (b"\xff\xd8\xff\xe0\xff\xff" + bytes(40), False),
        (b"\xff\xd8\xff\xe0\0\0" * 20, False),
        (png(MAX_EDGE, MAX_EDGE), True),
    ],
)  # fmt: skip
def test_the_size_is_read_before_a_browser_draws(data: bytes, is_picture: bool) -> None:
    assert (picture_from_bytes(data) is not None) is is_picture


def test_a_slow_host_of_pictures_holds_up_no_page(
    host: PictureHost, tenant: Tenant, settlement: Settlement, config: Config, database: Database,
    tmp_path: Path,
) -> None:  # fmt: skip
    """One thread, six pictures under way, and the API answers."""
    job = job_with(tenant, settlement, *(f"71slow{n}" for n in range(6)))
    environ = {
        "API_THREADS": "1", "CONSOLE_INSECURE_COOKIE": "1", "AMAZON_ORIGIN": host.origin, "IMAGES": "on",
    }  # fmt: skip
    host.hold = Event()
    with (
        running_api(config, tmp_path / "api.log", environ=environ) as url,
        httpx.Client(base_url=url, trust_env=False, timeout=30) as client,
    ):
        form = {"email": tenant.email, "password": PASSWORD}
        client.post("/console/login", data=form, headers=SAME_SITE)
        paths = paths_of_pictures(client.get(f"/console/jobs/{job}").text)
        assert len(paths) == 6
        answers: list[httpx.Response] = []
        threads = [Thread(target=lambda p=path: answers.append(client.get(p))) for path in paths]  # type: ignore[misc]
        for thread in threads:
            thread.start()
        while len(host.asked) < 4:
            Event().wait(0.02)
        assert client.get("/jobs", headers=tenant.headers).status_code == 200
        assert answers == []
        host.hold.set()
        for thread in threads:
            thread.join()
    host.hold = None
    assert [answer.content for answer in answers] == [png()] * 6
    assert {answer.headers["Content-Type"] for answer in answers} == {"image/png"}
