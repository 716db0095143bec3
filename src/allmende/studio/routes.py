"""Routes: every address with the least role that may use it. Nothing is reachable that does not stand here.

The table is data; a test calls each row as each role and compares. A row that names a study in its address is
reached only by those who may see the study, and, where it says `own`, only by its owner and administrators.
"""

from dataclasses import dataclass

from allmende.studio.accounts.roles import Role

__all__ = ["DOORS", "Door"]

ANYBODY, READER, AUTHOR = Role.VISITOR, Role.READER, Role.AUTHOR
MODERATOR, ADMINISTRATOR = Role.MODERATOR, Role.ADMINISTRATOR


@dataclass(frozen=True, slots=True)
class Door:
    """An address.

    Args:
        method: "GET" or "POST"; a GET never changes anything.
        path: The address, with the names of its parts in braces.
        role: The least role that may use it.
        page: Module below `studio.pages` and function, "studies:overview".
        own: Whether the study of the address must be one's own.
        kept: Whether visitors may be given an answer made for another visitor before the last change.
    """

    method: str
    path: str
    role: Role
    page: str
    own: bool = False
    kept: bool = False


_STUDY = "/studies/{study}"
_NOTE = f"{_STUDY}/notes/{{slug}}"
_JOB = f"{_STUDY}/jobs/{{job:int}}"
_VERSION = f"{_STUDY}/versions/{{number:int}}"
_COMMENT = "/comments/{comment:int}"

DOORS = (
    Door("GET", "/", ANYBODY, "home:home", kept=True),
    Door("GET", "/privacy", ANYBODY, "home:privacy", kept=True),
    Door("GET", "/assets/{name}", ANYBODY, "home:asset", kept=True),
    Door("GET", "/favicon.ico", ANYBODY, "home:icon", kept=True),
    Door("GET", "/robots.txt", ANYBODY, "home:robots", kept=True),
    # Accounts.
    Door("GET", "/enter", ANYBODY, "entering:form"),
    Door("POST", "/enter", ANYBODY, "entering:enter"),
    Door("GET", "/welcome/{token}", ANYBODY, "entering:welcome"),
    Door("POST", "/welcome/{token}", ANYBODY, "entering:accept"),
    Door("POST", "/leave", READER, "entering:leave"),
    Door("GET", "/account", READER, "entering:account"),
    Door("POST", "/account/sessions", READER, "entering:end_sessions"),
    Door("GET", "/people", ADMINISTRATOR, "people:listing"),
    Door("POST", "/people", ADMINISTRATOR, "people:invite"),
    Door("POST", "/people/{account}", ADMINISTRATOR, "people:change"),
    # Studies.
    Door("GET", "/open", AUTHOR, "opening:form"),
    Door("POST", "/open", AUTHOR, "opening:open_study"),
    Door("GET", _STUDY, ANYBODY, "studies:overview", kept=True),
    Door("GET", _VERSION, ANYBODY, "studies:version", kept=True),
    Door("GET", f"{_VERSION}/page.html", ANYBODY, "studies:one_file", kept=True),
    Door("GET", f"{_VERSION}/data.json", ANYBODY, "studies:data_file", kept=True),
    Door("POST", f"{_STUDY}/settings", AUTHOR, "studies:settings", own=True),
    Door("GET", f"{_STUDY}/publish", AUTHOR, "studies:publishing", own=True),
    Door("POST", f"{_STUDY}/publish", AUTHOR, "studies:publish", own=True),
    Door("POST", f"{_STUDY}/withdraw", AUTHOR, "studies:withdraw", own=True),
    Door("GET", f"{_STUDY}/export.zip", AUTHOR, "studies:export", own=True),
    # Jobs.
    Door("POST", f"{_STUDY}/ask", AUTHOR, "asking_jobs:ask", own=True),
    Door("GET", f"{_STUDY}/compare", AUTHOR, "asking_jobs:levers", own=True),
    Door("POST", f"{_STUDY}/compare", AUTHOR, "asking_jobs:compare", own=True),
    Door("GET", _JOB, AUTHOR, "asking_jobs:job", own=True),
    Door("GET", f"{_JOB}/progress", AUTHOR, "asking_jobs:progress", own=True),
    Door("POST", f"{_JOB}/stop", AUTHOR, "asking_jobs:stop", own=True),
    Door("POST", f"{_JOB}/resume", AUTHOR, "asking_jobs:go_on", own=True),
    # Notes and tags.
    Door("GET", f"{_STUDY}/notes", AUTHOR, "noting:begin", own=True),
    Door("POST", f"{_STUDY}/notes", AUTHOR, "noting:write", own=True),
    Door("GET", _NOTE, ANYBODY, "noting:note", kept=True),
    Door("GET", f"{_NOTE}/edit", AUTHOR, "noting:editing", own=True),
    Door("POST", f"{_NOTE}/edit", AUTHOR, "noting:change", own=True),
    Door("GET", "/tags", ANYBODY, "tagging:tags", kept=True),
    Door("GET", "/tags/{tag}", ANYBODY, "tagging:tag", kept=True),
    # Discussion.
    Door("GET", f"{_STUDY}/comments", ANYBODY, "discussing:form"),
    Door("POST", f"{_STUDY}/comments", ANYBODY, "discussing:add"),
    Door("GET", "/c/{comment:int}", ANYBODY, "discussing:permalink"),
    Door("GET", f"{_COMMENT}/edit", ANYBODY, "discussing:editing"),
    Door("POST", f"{_COMMENT}/edit", ANYBODY, "discussing:change"),
    Door("GET", f"{_COMMENT}/remove", ANYBODY, "discussing:removing"),
    Door("POST", f"{_COMMENT}/remove", ANYBODY, "discussing:remove"),
    Door("GET", "/contact", ANYBODY, "contacting:ask"),
    Door("POST", "/contact", ANYBODY, "contacting:show"),
    Door("GET", "/contact/press", ANYBODY, "contacting:ask"),
    Door("GET", "/moderation", MODERATOR, "moderating:queue"),
    Door("POST", "/moderation", MODERATOR, "moderating:decide"),
    Door("POST", "/moderation/undo/{decision:int}", MODERATOR, "moderating:undo"),
    Door("POST", "/moderation/{comment:int}/address", MODERATOR, "moderating:address"),
    # For programs.
    Door("GET", "/feed.atom", ANYBODY, "feeding:all_notes", kept=True),
    Door("GET", "/comments.atom", ANYBODY, "feeding:all_comments", kept=True),
    Door("GET", f"{_STUDY}/feed.atom", ANYBODY, "feeding:study_notes", kept=True),
    Door("GET", f"{_STUDY}/comments.atom", ANYBODY, "feeding:study_comments", kept=True),
    Door("GET", "/tags/{tag}/feed.atom", ANYBODY, "feeding:tag_notes", kept=True),
    Door("GET", "/api/openapi.json", ANYBODY, "programming:description", kept=True),
    Door("GET", "/api/studies", ANYBODY, "programming:studies", kept=True),
    Door("GET", "/api/studies/{study}", ANYBODY, "programming:study", kept=True),
    Door("GET", "/api/studies/{study}/comments", ANYBODY, "programming:discussion", kept=True),
)
"""Every address of the studio."""
