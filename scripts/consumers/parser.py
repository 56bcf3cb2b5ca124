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
        try:
            read = parse(data)
            complete = len(getattr(read, counted)) == len(data[counted])
            print(f"ok {place}" if complete else f"FAILED {place}: {counted} are not all read")
        except Exception as error:
            print(f"FAILED {place}: {str(error)[:800]}".replace("\n", " "))
