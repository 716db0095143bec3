"""Parts of the wiki reader: the parser of MediaWiki's XML dumps and the history of a page."""
