"""People: accounts taken apart and joined to members, programs told apart, employers, pseudonyms."""
