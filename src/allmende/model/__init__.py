"""The grammar of worlds: members, works, institutions, rules, and the signals between them."""
