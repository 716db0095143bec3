"""Failing: every fault is one clear message on standard error, and an exit code."""

import os
import sys
from collections.abc import Sequence

import click

from allmende.errors import AllmendeError

__all__ = ["coloured", "guarded", "tell"]

_FAULT, _USAGE, _STOPPED, _GONE = 1, 2, 130, 141


def guarded(group: click.Group, arguments: Sequence[str]) -> int:
    """Run a group of commands and answer its exit code; what goes wrong is told in words.

    Args:
        group: The commands.
        arguments: Words after the program's name.
    """
    debug = "--debug" in arguments
    words = [word for word in arguments if word != "--debug"]
    try:
        code = group.main(words, "allmende", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return _USAGE
    except (BrokenPipeError, SystemExit):
        # click turns a broken pipe, and nothing else here, into SystemExit. Python flushes standard output at
        # exit and would complain once more about the reader who left.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _GONE
    except (Exception, KeyboardInterrupt) as error:
        if debug and not isinstance(error, click.ClickException | click.Abort | KeyboardInterrupt):
            raise
        return tell(*_told(error))
    return code if isinstance(code, int) else 0


def tell(message: str, code: int) -> int:
    """Write a message to standard error, red on a screen, and answer the code."""
    from allmende.reports.escaping import visible

    lines = [visible(line, longest=10_000) for line in message.splitlines()]
    click.secho("\n".join(lines), err=True, fg="red", color=coloured(sys.stderr))
    return code


def coloured(stream: object) -> bool:
    """Whether a stream is a screen that may be written to in colours (https://no-color.org)."""
    return not os.environ.get("NO_COLOR") and bool(getattr(stream, "isatty", bool)())


def _told(error: BaseException) -> tuple[str, int]:
    """What is said about an error, and the exit code."""
    match error:
        case AllmendeError():
            return str(error), _USAGE
        case click.ClickException():
            return _usage(error), error.exit_code
        case click.Abort() | KeyboardInterrupt():
            return "Stopped. Files that were to be written may be missing.", _STOPPED
        case OSError():
            return _place(error), _USAGE
        case _:
            return _unexpected(error), _FAULT


def _usage(error: click.ClickException) -> str:
    message = error.format_message()
    context = getattr(error, "ctx", None)
    if context is None:
        return message
    return f"{message}\n    `{context.command_path} --help` shows what may be given."


def _place(error: OSError) -> str:
    place = f"'{os.fsdecode(error.filename)}': " if error.filename else ""
    return f"{place}{error.strerror or error}"


def _unexpected(error: BaseException) -> str:
    return (
        f"Allmende met a fault of its own: {type(error).__name__}: {error}\n"
        "    Please report it, with the command and what --debug adds to it; leave out names and addresses."
    )
