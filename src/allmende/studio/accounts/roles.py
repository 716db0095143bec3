"""Roles: five, each of which may do what the one before it may."""

from enum import IntEnum

__all__ = ["ROLES", "Role"]


class Role(IntEnum):
    """What somebody may do.

    `VISITOR` is nobody's role: it is who has not signed in. A visitor may read what is published, and comment
    where that is allowed; what visitors and readers write is looked at before it appears.
    """

    VISITOR = 0
    READER = 1
    COMMENTER = 2
    AUTHOR = 3
    MODERATOR = 4
    ADMINISTRATOR = 5

    @property
    def word(self) -> str:
        """The role as it is written."""
        return self.name.lower()


ROLES = {role.word: role for role in Role if role is not Role.VISITOR}
"""The roles that an account may have, by their word."""
