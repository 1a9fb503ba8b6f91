import pytest

from sandbox.http.paths import find_asin, is_search


@pytest.mark.parametrize(
    "path",
    [
        "/dp/B0AAAAAAA1",
        "/dp/b0aaaaaaa1/",
        "/dp/B0AAAAAAA1/ref=sr_1_1",
        "/Some-Slug/dp/B0AAAAAAA1",
        "/-/en/dp/B0AAAAAAA1",
        "/-/en/Slug/dp/B0AAAAAAA1/ref=x",
        "/gp/product/B0AAAAAAA1",
        "/gp/aw/d/B0AAAAAAA1",
    ],
)
def test_product_paths_name_their_asin(path: str) -> None:
    assert find_asin(path) == "B0AAAAAAA1"


@pytest.mark.parametrize(
    "path", ["/", "/s", "/dp/", "/dp/B0AAAAAAA", "/dp/B0AAAAAAA11", "/gp/help/B0AAAAAAA1", "/sdp"]
)
def test_other_paths_name_none(path: str) -> None:
    assert find_asin(path) is None


def test_search_paths() -> None:
    assert [is_search(p) for p in ("/s", "/s/", "/-/en/s", "/sx", "/dp/B0AAAAAAA1")] == [
        True,
        True,
        True,
        False,
        False,
    ]
