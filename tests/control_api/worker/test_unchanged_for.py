from __future__ import annotations

from control_api.worker.unchanged_for import UnchangedFor


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_the_time_counts_from_the_first_look_and_anew_after_a_change() -> None:
    clock = Clock()
    unchanged = UnchangedFor(clock)
    assert unchanged.seconds("beat", 1) == 0.0
    clock.now += 5
    assert unchanged.seconds("beat", 1) == 5.0
    clock.now += 2
    assert unchanged.seconds("beat", 2) == 0.0
    clock.now += 3
    assert unchanged.seconds("beat", 2) == 3.0


def test_keys_have_times_of_their_own_also_for_a_value_of_none() -> None:
    clock = Clock()
    unchanged = UnchangedFor(clock)
    unchanged.seconds("a", None)
    clock.now += 4
    assert unchanged.seconds("b", None) == 0.0
    assert unchanged.seconds("a", None) == 4.0


def test_what_is_not_kept_and_what_is_forgotten_begins_anew() -> None:
    clock = Clock()
    unchanged = UnchangedFor(clock)
    for key in ("a", "b"):
        unchanged.seconds(key, 1)
    unchanged.keep({"a"})
    clock.now += 4
    assert (unchanged.seconds("a", 1), unchanged.seconds("b", 1)) == (4.0, 0.0)
    unchanged.forget()
    assert unchanged.seconds("a", 1) == 0.0
