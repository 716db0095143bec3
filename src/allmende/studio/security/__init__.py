"""Security: what holds for every request and every answer, whatever page it is for."""
