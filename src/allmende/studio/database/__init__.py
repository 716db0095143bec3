"""The database of the studio: one set of statements, for the embedded SQLite and for PostgreSQL."""
