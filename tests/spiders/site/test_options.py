"""What params and arguments of a page job mean, and that wrong ones are refused by name."""

import pytest

from spiders.base import BadArgument
from spiders.site.arguments import params_from_arguments
from spiders.site.options import BadOption, options_from_params

URL = "http://shop.test/"


def test_a_job_that_says_little_reads_one_page_and_obeys_robots() -> None:
    options = options_from_params({"selectors": {"title": "h1::text"}}, URL)
    assert (options.max_pages, options.follow_links, options.respect_robots) == (1, False, True)
    assert (options.engine, options.depth, options.delay_seconds) == ("auto", 0, 0.0)
    assert not options.discovers


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"selectors": ["h1"]}, "selectors must be an object"),
        ({"selectors": {"a": 1}}, "'a' must be text"),
        ({"selectors": {"a": "h1:::"}}, "is no CSS selector"),
        ({"selectors": {"a": " "}}, "1 to 1000 characters"),
        ({"maxPages": 0}, "maxPages is 0"),
        ({"maxPages": 10_001}, "maxPages is 10001"),
        ({"maxPages": True}, "maxPages is True"),
        ({"maxDepth": -1}, "maxDepth is -1"),
        ({"delay": "1"}, "delay is '1'"),
        ({"delay": 61}, "delay is 61"),
        ({"delay": float("nan")}, "delay is nan"),
        ({"followLinks": "yes"}, "followLinks must be true or false"),
        ({"allowedDomains": "shop.test"}, "allowedDomains must be a list"),
        ({"engine": "selenium"}, "engine is 'selenium'"),
        ({"itemSelector": "li["}, "is no CSS selector"),
    ],
)
def test_a_wrong_param_is_refused_by_name(params: dict, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        options_from_params(params, URL)


def test_depth_limits_links_and_not_the_pages_of_a_list() -> None:
    params = {"followLinks": True, "nextPageSelector": "a", "maxPages": 5, "maxDepth": 1}
    assert options_from_params({**params, "depth": 0}, URL).may_go_deeper
    deepest = options_from_params({**params, "depth": 1}, URL)
    assert not deepest.may_go_deeper
    assert deepest.discovers


def test_arguments_become_params() -> None:
    assert params_from_arguments(
        {
            "selectors": '{"title": "h1::text"}',
            "follow_links": "true",
            "max_pages": "50",
            "allowed_domains": "a.test, b.test",
            "delay": "0.5",
            "item_selector": "",
        }
    ) == {
        "selectors": {"title": "h1::text"},
        "followLinks": True,
        "maxPages": 50,
        "allowedDomains": ["a.test", "b.test"],
        "delay": 0.5,
    }


@pytest.mark.parametrize(
    ("name", "text"),
    [("selectors", "{h1}"), ("follow_links", "maybe"), ("max_pages", "many"), ("delay", "soon")],
)
def test_a_wrong_argument_is_refused_by_name(name: str, text: str) -> None:
    with pytest.raises(BadArgument, match=f"{name} is "):
        params_from_arguments({name: text})


def test_bad_options_are_value_errors_so_that_a_seed_by_hand_ends_only_itself() -> None:
    assert issubclass(BadOption, ValueError)
