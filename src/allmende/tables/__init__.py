"""Parts of the table reader: columns, what their cells mean, text files, and rows as events."""
