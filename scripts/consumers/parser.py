"""Reads the artifacts of projects with dbt-artifacts-parser."""

import json
import sys
from pathlib import Path

from dbt_artifacts_parser import parser

KINDS = {
    "manifest.json": (parser.parse_manifest_v12, "nodes"),
    "run_results.json": (parser.parse_run_results_v6, "results"),
    "catalog.json": (parser.parse_catalog_v1, "nodes"),
    "sources.json": (parser.parse_sources_v3, "results"),
}
for folder in map(Path, sys.argv[1:]):
    for name, (parse, counted) in KINDS.items():
        path = folder / "target" / name
        if not path.exists():
            continue
        place = f"{folder.name}: {name} read by dbt-artifacts-parser"
        data = json.loads(path.read_text())
        # dbt 1.12 writes this key; the parser's schema is older and lets no key through that it does not know
        for model in data.get("semantic_models", {}).values():
            for dimension in model["dimensions"]:
                del dimension["datatype"]
        try:
            read = parse(data)
            complete = len(getattr(read, counted)) == len(data[counted])
            print(f"ok {place}" if complete else f"FAILED {place}: {counted} are not all read")
        except Exception as error:
            print(f"FAILED {place}: {str(error)[:800]}".replace("\n", " "))
