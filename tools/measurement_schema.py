"""Write the JSON Schema of a stored measurement into the documentation."""

import json
from pathlib import Path

from allmende.reports.stored import schema

PLACE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "measurement.schema.json"

if __name__ == "__main__":
    PLACE.write_text(json.dumps(schema(), indent=2) + "\n", encoding="utf-8")
