import pytest

from sandbox.faults import InvalidFault
from sandbox.visitors.habits import Habits, habit_from_text
from tests.sandbox.visitors.conftest import OpenStore
from tests.sandbox.visitors.guest import Guest, is_updated

HOME = "New York 10001"
WEST = "Los Angeles 90210"


def test_inert_json_address_says_updated_and_the_form_works(open_store: OpenStore) -> None:
    guest = Guest(open_store(json_inert=1))
    assert is_updated(guest.settle("90210"))
    assert guest.place() == HOME
    assert is_updated(guest.settle("90210", by_form=True))
    assert guest.place() == WEST


def test_inert_form_address(open_store: OpenStore) -> None:
    guest = Guest(open_store(form_inert=1))
    assert is_updated(guest.settle("90210", by_form=True))
    assert guest.place() == HOME
    assert is_updated(guest.settle("90210"))
    assert guest.place() == WEST


def test_some_sessions_are_inert(open_store: OpenStore) -> None:
    store = open_store(json_inert=0.5)
    places = []
    for _ in range(40):
        guest = Guest(store)
        guest.settle("90210")
        places.append(guest.place())
    assert 8 < places.count(WEST) < 32


def test_foreign_code_is_updated_and_ignored(open_store: OpenStore) -> None:
    guest = Guest(open_store(codes_ignored=True))
    assert is_updated(guest.settle("SW1A 1AA"))
    assert guest.place() == HOME
    assert is_updated(guest.settle("90210"))
    assert guest.place() == WEST


def test_every_code_and_country_is_refused(open_store: OpenStore) -> None:
    guest = Guest(open_store(codes_refused=True))
    assert not is_updated(guest.settle("90210"))
    assert not is_updated(guest.settle(country="DE"))
    assert guest.place() == HOME


@pytest.mark.parametrize("code", ["90210", "10001"])
def test_pages_show_another_place(open_store: OpenStore, code: str) -> None:
    guest = Guest(open_store(other_place=1))
    assert is_updated(guest.settle(code))
    shown = guest.place()
    assert code not in shown and "DE" not in shown


def test_place_is_lost_after_so_many_pages(open_store: OpenStore) -> None:
    guest = Guest(open_store(place_lost_after=3))
    guest.settle("90210")
    assert [guest.place() for _ in range(5)] == [WEST, WEST, WEST, HOME, HOME]
    assert is_updated(guest.settle("90210"))
    assert guest.place() == WEST


def test_header_names_no_place(open_store: OpenStore) -> None:
    guest = Guest(open_store(place_unnamed=True))
    guest.settle("90210")
    assert guest.place() == "Update location"


def test_page_without_a_token(open_store: OpenStore) -> None:
    html = Guest(open_store(token_missing=True)).page()
    assert "anti-csrftoken" not in html and "glowValidationToken" not in html
    assert html.endswith("</body></html>\n")


@pytest.mark.parametrize("by_form", [False, True])
def test_older_pages_hold_one_token_for_all(open_store: OpenStore, by_form: bool) -> None:
    guest = Guest(open_store(token_form="input"))
    html = guest.page()
    assert "nav-global-location-data-modal-action" not in html
    assert is_updated(guest.choose("90210", by_form=by_form))
    assert guest.place() == WEST


def test_dialogue_and_addresses_answer_503(open_store: OpenStore) -> None:
    store = open_store()
    guest = Guest(store)
    guest.open_dialogue()
    store.habits = store.habits.changed({"dialogue_503": 1})
    for by_form in (False, True):
        assert guest.choose("90210", by_form=by_form).status == 503
    with pytest.raises(AssertionError):
        guest.open_dialogue()
    assert guest.place() == HOME


def test_session_is_forgotten_with_its_place(open_store: OpenStore) -> None:
    store = open_store(session_ends_after=4)
    guest = Guest(store)
    guest.settle("90210")
    first = guest.cookies["session-id"]
    assert [guest.place() for _ in range(3)] == [WEST] * 3
    assert guest.place() == HOME
    assert guest.cookies["session-id"] != first
    assert store.counts["ended_session_ended"] == 1


def test_currency_cookie_changes_nothing(open_store: OpenStore) -> None:
    guest = Guest(open_store(currency_inert=True))
    guest.cookies["i18n-prefs"] = "EUR"
    assert "EUR" not in guest.page()


def test_exits_place_holds_for_strangers_only(open_store: OpenStore) -> None:
    guest = Guest(open_store(exit_place="PK"))
    assert guest.place() == "Pakistan"
    guest.settle("90210")
    assert guest.place() == WEST
    assert Guest(open_store(exit_place="US:60601")).place() == "Chicago 60601"


def test_session_ends_at_another_exit(open_store: OpenStore) -> None:
    store = open_store()
    guest = Guest(store)
    guest.settle("90210")
    first = guest.cookies["session-id"]
    guest.exit_name = "elsewhere"
    reply = guest.ask("/s?k=desk+lamp")
    assert reply.seen and reply.seen.note == "foreign_exit" and reply.seen.is_new_session
    assert reply.seen.place == HOME
    guest.exit_name, guest.cookies["session-id"] = "e", first
    assert guest.place() == HOME
    assert store.counts["ended_foreign_exit"] == 1


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("nothing=1", "nothing"),
        ("json_inert=2", "2"),
        ("json_inert=true", "True"),
        ("place_lost_after=-1", "-1"),
        ("place_lost_after=1.5", "1.5"),
        ("codes_ignored=1", "codes_ignored"),
        ("challenge=picture", "picture"),
        ("token_form=none", "none"),
        ("exit_place=Pakistan", "Pakistan"),
        ("exit_place=XX", "XX"),
    ],
)
def test_a_wrong_habit_is_named(text: str, named: str) -> None:
    with pytest.raises(InvalidFault, match=named):
        Habits().changed(dict([habit_from_text(text)]))


def test_a_bare_name_is_true() -> None:
    assert Habits().changed(dict([habit_from_text("codes_refused")])).codes_refused is True
