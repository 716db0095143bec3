"""Making: the last lines of every page, by which anybody can make it again."""

from importlib.metadata import version

from allmende.reports.escaping import visible

__all__ = ["made_by"]


def made_by(command: str, *more: tuple[str, str], release: str = "") -> tuple[tuple[str, str], ...]:
    """How a page was made: the version, the command, and more; what is not known is left out.

    Args:
        command: The command that makes it again, "" when there is none.
        more: Names and values of other lines.
        release: The version that computed it; the present one when "".

    >>> made_by("", ("Seed", "1"), release="0.1.0")
    (('Made by', 'Allmende 0.1.0'), ('Seed', '1'))
    """
    lines = (
        ("Made by", f"Allmende {release or version('allmende')}"),
        ("To make it again", visible(command)),
        *more,
    )
    return tuple((name, value) for name, value in lines if value)
