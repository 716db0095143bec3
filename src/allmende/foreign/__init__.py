"""Foreign files: decoded in a child process that may not write, signal or connect."""
