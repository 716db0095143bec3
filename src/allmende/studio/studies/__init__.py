"""Studies: what is studied, and every answer that was kept."""
