"""A git history as data: the repository found, git run so that nothing of it is executed, its log parsed.

From the ground up: `references` and `layout` (find the repository without asking git), `safety` (run
git in a directory of our own), `frames`, `dates` and `parse` (its output as columns), `history` (what
is asked of it), `whole` (columns as events in one canonical order), `cache` (what was read before,
names left out). The plug-in that uses them is `readers.git`.
"""
