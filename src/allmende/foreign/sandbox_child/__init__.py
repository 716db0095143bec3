"""The program that decodes one foreign file: a small world that uses nothing else of the package."""
