"""Aggregation: from events to the panel, by one text of SQL, in memory and over logs larger than memory.

Acts are reduced to *parts*: one row for each member, month, action and organisation with counts, the set
of days and sums, all whole numbers. Parts of parts are parts again (the same grouping), so a record can
be cut anywhere and reduced anywhere, in any order, and the panel has the same bits. Only the last
step, which keeps of the organisations the one with most acts, needs all of them.

Events hold codes; a log of files holds names, which are coded at the end in sorted order.
"""

from allmende.aggregation.memory import aggregate, panel_of
from allmende.aggregation.reduction import panel_of_log

__all__ = ["aggregate", "panel_of", "panel_of_log"]
