"""Dialect: where SQLite and PostgreSQL differ in the statements that the studio writes.

Statements are written once, with `?` for values, in the part of SQL that both understand. Numbers of new
rows come from the table `counters`, times are whole seconds since 1970, truth is 0 or 1.
"""

import re
from dataclasses import dataclass

__all__ = ["POSTGRES", "SQLITE", "Dialect"]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one database wants statements.

    Args:
        name: "sqlite" or "postgresql".
        types: Names of types in migrations, replaced by its own.
        mark: What stands for a value.
        begin: Statements that begin a transaction which alone may write.
    """

    name: str
    types: tuple[tuple[str, str], ...]
    mark: str
    begin: tuple[str, ...]

    def written(self, statement: str) -> str:
        """The statement as the database wants it.

        >>> POSTGRES.written("SELECT 5 % 2 WHERE a = ?")
        'SELECT 5 %% 2 WHERE a = %s'
        """
        if self.mark == "?":
            return statement
        return statement.replace("%", "%%").replace("?", self.mark)

    def script(self, text: str) -> list[str]:
        """The statements of a migration, one by one, with its own types.

        >>> POSTGRES.script("CREATE TABLE a (b INTEGER);")
        ['CREATE TABLE a (b BIGINT)']
        """
        for ours, theirs in self.types:
            text = re.sub(rf"\b{ours}\b", theirs, text)
        plain = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("--"))
        return [part.strip() for part in plain.split(";") if part.strip()]


SQLITE = Dialect("sqlite", (), "?", ("BEGIN IMMEDIATE",))
# The lock is held to the end of the transaction: as in SQLite there is one writer at a time, so that what a
# transaction read is still true when it writes.
POSTGRES = Dialect(
    "postgresql",
    (("INTEGER", "BIGINT"), ("REAL", "DOUBLE PRECISION")),
    "%s",
    ("BEGIN", "SELECT pg_advisory_xact_lock(72697)"),
)
