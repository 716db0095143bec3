"""Records: what kind of record events come from, and where the record itself broke."""
