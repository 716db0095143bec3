"""The text format of comments: what somebody types becomes paragraphs, links, addresses and notes.

    told = render("See www.example.org[fn]Or ask jane@example.org|press|Jane_Doe.[/fn]", Context("c1"))
    told.html

One parser reads the text from left to right; nothing is decoded after it was matched, nothing is matched
after it was written out, and every character leaves through one escaping function. Rules are numbered R1 to
R44.
"""

from allmende.textformat.context import Context, TextTooLongError
from allmende.textformat.rendering import VERSION, Address, Rendered, render

__all__ = ["VERSION", "Address", "Context", "Rendered", "TextTooLongError", "render"]
