"""An error says what was given, where, what was expected, what to do; and crosses processes."""

import pickle

import pytest

from allmende import errors
from allmende.errors import AllmendeError, TooFewError, UnknownNameError


def test_sentence() -> None:
    error = AllmendeError(
        "the share is 1.2", where="study.toml, line 3", expected="0 to 1", next_step="Write 0.2."
    )
    assert str(error) == "the share is 1.2 - at study.toml, line 3. Expected: 0 to 1.\n    Write 0.2."


@pytest.mark.parametrize(
    "error",
    [
        AllmendeError("given", where="there", expected="that", next_step="Do it."),
        TooFewError("7 newcomers", estimate=0.43, expected="30"),
        UnknownNameError("indicator", "retension", ["retention"]),
    ],
)
def test_crosses_processes(error: AllmendeError) -> None:
    """Executors send errors between processes; neither the sentence nor the details may be lost."""
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert str(copy) == str(error)
    assert copy.__dict__ == error.__dict__


def test_hint_only_when_close() -> None:
    assert "Did you mean 'retention'?" in str(UnknownNameError("indicator", "retension", ["retention"]))
    assert "Did you mean" not in str(UnknownNameError("indicator", "xyz", ["retention"]))


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    written = (errors.__doc__ or "").split()
    for name in errors.__all__:
        assert name in written
        assert issubclass(getattr(errors, name), AllmendeError)
