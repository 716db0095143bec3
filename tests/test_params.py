"""Params: declared once, checked always, read from everywhere."""

import contextlib
import copy
import math
import pickle
import tomllib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from allmende.errors import AllmendeError, OutOfRangeError, PluginError, UnknownNameError
from allmende.params import Params, param
from allmende.priors import Beta, HalfNormal, LogUniform, Normal


class GiftParams(Params):
    warmth: float = param(
        0.3,
        low=0,
        high=2,
        prior=HalfNormal(0.5),
        doc="Pull of having been helped.",
        provenance="literature",
        evidence=("C8",),
    )
    share: float = param(0.5, low=0, high=1, prior=Beta(2, 3), doc="Share that is given.")
    pool: int = param(2_000_00, low=0, unit="cents/month", prior=LogUniform(1, 1e6), doc="Money a month.")
    open: bool = param(True, doc="Whether strangers may come.")
    drift: float = param(0.0, unit="1/month", doc="Slow change.")


class MoreParams(GiftParams):
    patience: float = param(6.0, low=0.5, unit="months", prior=Normal(6, 3), doc="How long one waits.")


VALUES = st.fixed_dictionaries(
    {},
    optional={
        "warmth": st.floats(0, 2),
        "share": st.floats(0, 1),
        "pool": st.integers(0, 2**62),
        "open": st.booleans(),
        "drift": st.floats(allow_nan=False, allow_infinity=False),
    },
)


def test_defaults_and_values() -> None:
    assert GiftParams().values() == {
        "warmth": 0.3,
        "share": 0.5,
        "pool": 200000,
        "open": True,
        "drift": 0.0,
    }
    assert GiftParams(warmth=1).warmth == 1.0
    assert isinstance(GiftParams(warmth=1).warmth, float)
    assert GiftParams(warmth=np.float64(0.1)).warmth == 0.1


def test_values_are_frozen_and_changes_are_new_values() -> None:
    first = GiftParams()
    with pytest.raises(AttributeError):
        first.warmth = 1.0
    second = first.with_values(warmth=0.4)
    assert (first.warmth, second.warmth) == (0.3, 0.4)
    assert second == GiftParams(warmth=0.4)
    assert hash(second) == hash(GiftParams(warmth=0.4))


def test_more_params_have_the_old_ones_first() -> None:
    assert list(MoreParams.declarations()) == ["warmth", "share", "pool", "open", "drift", "patience"]
    assert MoreParams().with_values(patience=2, warmth=1).values()["patience"] == 2.0


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"pool": -50}, r"GiftParams.pool is -50 cents/month\. Expected: at least 0\.\n    Money a month\."),
        ({"warmth": 2.1}, r"GiftParams.warmth is 2.1\. Expected: 0 to 2\."),
        ({"warmth": math.nan}, "warmth is nan"),
        ({"drift": math.inf}, r"drift is inf 1/month\. Expected: any number"),
        ({"warmth": "1"}, r"warmth is '1'\. Expected: a number"),
        ({"warmth": True}, r"warmth is True\. Expected: a number"),
        ({"pool": 1.5}, r"pool is 1.5\. Expected: a whole number"),
        ({"pool": 2**80}, "pool is inf"),
        ({"open": 1}, r"open is 1\. Expected: true or false"),
        ({"warmth": None}, "warmth is None"),
    ],
)
def test_what_breaks_its_bounds_is_refused(values, message) -> None:
    with pytest.raises(OutOfRangeError, match=message):
        GiftParams(**values)
    with pytest.raises(OutOfRangeError, match=message):
        GiftParams().with_values(**values)


def test_unknown_names_get_a_hint() -> None:
    with pytest.raises(
        UnknownNameError, match=r"no parameter is called 'warmt' - at GiftParams\. Did you mean 'warmth'"
    ):
        GiftParams().with_values(warmt=0.4)


def test_provenance_follows_the_value() -> None:
    first = MoreParams()
    assert first.provenance("warmth") == "literature"
    fitted = first.with_values(provenance="measured", warmth=0.4, patience=3)
    names = ("warmth", "patience", "share")
    assert [fitted.provenance(name) for name in names] == ["measured", "measured", "assumed"]
    guessed = fitted.with_values(warmth=0.5)
    assert [guessed.provenance(name) for name in ("warmth", "patience")] == ["assumed", "measured"]
    assert pickle.loads(pickle.dumps(fitted)).provenance("warmth") == "measured"
    assert copy.deepcopy(fitted).provenance("warmth") == "measured"


def test_describe_has_a_row_for_each() -> None:
    rows = GiftParams().with_values(provenance="measured", share=0.25).describe()
    assert [row["name"] for row in rows] == list(GiftParams.declarations())
    assert rows[0] == {
        "name": "warmth",
        "value": "0.3",
        "unit": "1",
        "bounds": "0 to 2",
        "prior": "HalfNormal(deviation=0.5)",
        "provenance": "literature",
        "evidence": "C8",
        "meaning": "Pull of having been helped.",
    }
    assert (rows[1]["value"], rows[1]["provenance"]) == ("0.25", "measured")
    assert (rows[2]["bounds"], rows[4]["bounds"], rows[4]["prior"]) == ("at least 0", "any number", "")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"__annotations__": {"a": float}, "a": 0.5}, "Wrong.a is not declared as a parameter"),
        ({"__annotations__": {"a": str}, "a": param("x", doc="x")}, "Wrong.a has type"),
        ({"__annotations__": {"a": float}, "a": param(3, low=4, doc="x")}, "Wrong.a is 3.0"),
        (
            {"__annotations__": {"provenance": float}, "provenance": param(3, doc="x")},
            "other than 'provenance'",
        ),
        ({"__annotations__": {"a": int}, "a": param(0.5, doc="x")}, "Wrong.a is 0.5"),
    ],
)
def test_wrong_declarations_are_refused_when_the_class_is_made(body, message) -> None:
    with pytest.raises((PluginError, OutOfRangeError), match=message):
        type("Wrong", (Params,), {"__module__": __name__, **body})


@given(VALUES)
def test_toml_keeps_every_value(values) -> None:
    params = GiftParams().with_values(**values)
    text = params.to_toml()
    assert GiftParams.from_toml(text) == params
    assert tomllib.loads(text) == params.values()


def test_toml_says_unit_and_meaning() -> None:
    assert "pool = 200000  # cents/month. Money a month.\n" in GiftParams().to_toml()
    assert "open = true  # Whether strangers may come.\n" in GiftParams().to_toml()


def test_toml_may_be_partial_and_commented() -> None:
    found = GiftParams.from_toml("# mine\n\n  warmth = 1  # more\n", provenance="measured")
    assert found == GiftParams(warmth=1.0)
    assert (found.provenance("warmth"), found.provenance("share")) == ("measured", "assumed")


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("warmth = 3", OutOfRangeError, "warmth is 3.0 - at study.toml, line 1. Expected: 0 to 2"),
        ("\nwarmt = 1", UnknownNameError, "study.toml, line 2. Did you mean 'warmth'"),
        ("warmth = 1\nwarmth = 1", AllmendeError, "warmth is given twice - at study.toml, line 2"),
        ("[gift]\nwarmth = 1", AllmendeError, "line 1"),
        ("a.b = 1", AllmendeError, "the line is not a setting"),
        ("warmth = [1]", OutOfRangeError, r"warmth is \[1\]"),
        ("warmth = {a = 1}", OutOfRangeError, "warmth is {'a': 1}"),
        ("warmth =", AllmendeError, "the value is not TOML"),
        ('warmth = """', AllmendeError, "the value is not TOML"),
        ("pool = 1.5", OutOfRangeError, "a whole number"),
        ("pool = " + "9" * 500, OutOfRangeError, "pool is inf"),
        ("warmth = 0." + "1" * 2000, AllmendeError, "the line is not a setting"),
        ("a." * 16_000 + "a = 1", AllmendeError, "the line is not a setting"),
        ("warmth = nan", OutOfRangeError, "warmth is nan"),
        ("\x00", AllmendeError, "the line is not a setting"),
    ],
)
def test_toml_that_is_wrong_names_its_line(text, error, message) -> None:
    with pytest.raises(error, match=message):
        GiftParams.from_toml(text, where="study.toml")


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text) -> None:
    with contextlib.suppress(AllmendeError):
        assert isinstance(GiftParams.from_toml(text), GiftParams)


def test_draws_follow_the_priors_within_the_bounds() -> None:
    """400 draws; Kolmogorov-Smirnov at a false alarm of 10^-6."""
    drawn = [GiftParams().drawn(seed=5, draw=number) for number in range(400)]
    warmth = np.array([each.warmth for each in drawn])
    law = stats.truncnorm(0, 2 / 0.5)
    assert stats.kstest(warmth / 0.5, law.cdf).pvalue > 1e-6
    assert stats.kstest([each.share for each in drawn], stats.beta(2, 3).cdf).pvalue > 1e-6
    assert all(isinstance(each.pool, int) and 1 <= each.pool <= 10**6 for each in drawn)
    assert {(each.open, each.drift) for each in drawn} == {(True, 0.0)}


def test_a_draw_is_named_by_its_parameter() -> None:
    """One more parameter changes no other's draw; another draw or seed changes them all."""
    few, many = GiftParams().drawn(seed=5, draw=3), MoreParams().drawn(seed=5, draw=3)
    assert [getattr(few, name) for name in few.values()] == [getattr(many, name) for name in few.values()]
    assert few.warmth != GiftParams().drawn(seed=5, draw=4).warmth
    assert few.warmth != GiftParams().drawn(seed=6, draw=3).warmth
    assert few == GiftParams().drawn(seed=5, draw=3)
