"""Holds the sections of an inventory or report against the published JSON Schemas.

Usage: validate.py schemas/json INVENTORY.json
"""

import json
import pathlib
import sys

import jsonschema


def main() -> int:
    schemas, inventory = map(pathlib.Path, sys.argv[1:])
    sections = json.loads(inventory.read_text(encoding="utf-8"))["sections"]
    wrong = 0
    for name, section in sections.items():
        schema = json.loads((schemas / f"section-{name}.json").read_text(encoding="utf-8"))
        validator = jsonschema.validators.validator_for(schema)(schema)
        for error in validator.iter_errors(section):
            print(f"{name}: {error.json_path}: {error.message}", file=sys.stderr)
            wrong += 1
    print(f"{len(sections)} sections, {wrong} errors")
    return 1 if wrong or not sections else 0


if __name__ == "__main__":
    sys.exit(main())
