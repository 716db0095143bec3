"""What can go wrong, in one tree.

Every error says what was given, where, what was expected, and what to do next.

    AllmendeError
        SourceError                 a place that was to be read
            SourceNotFoundError     nothing is there
            SourceRefusedError      something is there, but may not or cannot be read safely
            UnknownSourceError      no reader recognises it
        BudgetExceededError         reading would cost more than was allowed
        MappingError                a table's column mapping does not fit the table
        UnknownNameError            no plug-in, parameter, column of that name
        OutOfRangeError             a number outside its declared bounds
        TooFewError                 data too few to say; carries the estimate that is distrusted
        RegimeMismatchError         two records that count different things were to be compared
        PluginError                 a plug-in does not keep the rules of its kind
        LedgerError                 money would appear, vanish or overflow
        StoreError                  a stored file is damaged or from a newer version
        WorkerLostError             a row of a long run cost the worker that had it, again and again
"""

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = [
    "AllmendeError",
    "BudgetExceededError",
    "LedgerError",
    "MappingError",
    "OutOfRangeError",
    "PluginError",
    "RegimeMismatchError",
    "SourceError",
    "SourceNotFoundError",
    "SourceRefusedError",
    "StoreError",
    "TooFewError",
    "UnknownNameError",
    "UnknownSourceError",
    "WorkerLostError",
]


class AllmendeError(Exception):
    """What was given, where, what was expected, what to do next.

    Args:
        given: What was given and why it is not right, as a sentence without its full stop.
        where: The place: a file with its line, an argument, a key of a settings file.
        expected: What would have been right, as a sentence without its full stop.
        next_step: What the user can do now.

    >>> print(AllmendeError("the share is 1.2", where="study.toml, line 3", expected="0 to 1"))
    the share is 1.2 - at study.toml, line 3. Expected: 0 to 1.
    """

    def __init__(self, given: str, *, where: str = "", expected: str = "", next_step: str = "") -> None:
        super().__init__(given)
        self.given, self.where, self.expected, self.next_step = given, where, expected, next_step

    def __str__(self) -> str:
        place = f" - at {self.where}" if self.where else ""
        expected = f" Expected: {self.expected}." if self.expected else ""
        advice = f"\n    {self.next_step}" if self.next_step else ""
        return f"{self.given}{place}.{expected}{advice}"

    def __reduce__(self) -> tuple[object, ...]:
        # Errors cross process boundaries (executors); keyword arguments are lost by default.
        return _rebuild, (type(self), self.__dict__)


def _rebuild(kind: type[AllmendeError], state: dict[str, object]) -> AllmendeError:
    error = kind.__new__(kind, state["given"])
    error.__dict__.update(state)
    return error


class SourceError(AllmendeError):
    """A place that was to be read and could not be."""


class SourceNotFoundError(SourceError):
    """Nothing is at the place that was to be read."""


class SourceRefusedError(SourceError):
    """Something is there, but it may not or cannot be read safely."""


class UnknownSourceError(SourceError):
    """No reader recognises what is there."""


class BudgetExceededError(AllmendeError):
    """Reading on would cost more time, memory or space than was allowed."""


class MappingError(AllmendeError):
    """A column mapping does not fit the table it is for."""


class OutOfRangeError(AllmendeError):
    """A number lies outside its declared bounds."""


class RegimeMismatchError(AllmendeError):
    """Two records that count different things were to be compared (`evidence.md` L1)."""


class PluginError(AllmendeError):
    """A plug-in does not keep the rules of its kind."""


class LedgerError(AllmendeError):
    """Money would appear, vanish or overflow."""


class StoreError(AllmendeError):
    """A stored file is damaged, incomplete, or from a newer version."""


class WorkerLostError(AllmendeError):
    """Workers died or never started; a row that cost several of them is named."""


class TooFewError(AllmendeError):
    """Data are too few to say; `estimate` is what they would say, and is not to be trusted.

    Args:
        given: What is too few.
        estimate: The number that the data give all the same, or None where they give none.
        where: As in `AllmendeError`.
        expected: As in `AllmendeError`.
        next_step: As in `AllmendeError`.
    """

    def __init__(
        self,
        given: str,
        *,
        estimate: float | None = None,
        where: str = "",
        expected: str = "",
        next_step: str = "",
    ) -> None:
        super().__init__(given, where=where, expected=expected, next_step=next_step)
        self.estimate = estimate


class UnknownNameError(AllmendeError):
    """No plug-in, parameter, column has that name; the nearest known one is offered.

    Args:
        kind: What was looked for, as a noun: "indicator", "column".
        name: The name given.
        known: The names there are.
        where: As in `AllmendeError`.
        next_step: As in `AllmendeError`; by default the known names.

    >>> print(UnknownNameError("indicator", "retension", ["retention", "churn"]))
    no indicator is called 'retension'. Did you mean 'retention'?
        Known: churn, retention.
    """

    def __init__(
        self, kind: str, name: str, known: Iterable[str], *, where: str = "", next_step: str = ""
    ) -> None:
        names = sorted(known)
        close = get_close_matches(name, names, n=1)
        super().__init__(
            f"no {kind} is called '{name}'",
            where=where,
            next_step=next_step or f"Known: {', '.join(names) or 'none'}.",
        )
        self.kind, self.name, self.hint = kind, name, close[0] if close else ""

    def __str__(self) -> str:
        place = f" - at {self.where}" if self.where else ""
        hint = f" Did you mean '{self.hint}'?" if self.hint else ""
        return f"{self.given}{place}.{hint}\n    {self.next_step}"
