"""Seeds that depend on names alone."""

from collab.identity import CallId, derived_rng, derived_seed, derived_share, fingerprint


def test_derived_seeds_stay_what_they_were() -> None:
    """A change here would silently change every run that is resumed."""
    assert [derived_seed(0, "a"), derived_seed(1, "a"), derived_seed(0, "a", 1)] == [344877672, 110814474, 1313222562]
    assert derived_rng(7, "x").random() == derived_rng(7, "x").random()


def test_neighbouring_names_do_not_collide() -> None:
    assert derived_seed(0, "a", "bc") != derived_seed(0, "ab", "c")
    assert 0 <= derived_share(0, "x") < 1


def test_the_seed_of_a_call_leaves_the_arm_out() -> None:
    one = CallId("vanilla", "p000", 0, 1, 2, "agent", "reply")
    other = CallId("rag", "p000", 0, 1, 2, "agent", "reply")
    assert one.without_arm == other.without_arm
    assert str(one) != str(other)


def test_key_order_does_not_change_a_fingerprint() -> None:
    assert fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1})
