"""Reads the artifacts of projects with dbt's own classes, and holds them against the JSON schemas that those classes tell,
or against those in the folder that TSDBT_SCHEMAS names."""

import json
import os
import sys
from pathlib import Path

import jsonschema
from dbt.artifacts.schemas.catalog import CatalogArtifact
from dbt.artifacts.schemas.freshness import FreshnessExecutionResultArtifact
from dbt.artifacts.schemas.manifest import WritableManifest
from dbt.artifacts.schemas.run import RunResultsArtifact
from dbt.contracts.graph.manifest import Manifest

KINDS = {
    "manifest.json": (WritableManifest, "manifest-v12.json"),
    "run_results.json": (RunResultsArtifact, "run_results-v6.json"),
    "sources.json": (FreshnessExecutionResultArtifact, "sources-v3.json"),
    "catalog.json": (CatalogArtifact, "catalog-v1.json"),
}
SECTIONS = "nodes sources macros docs exposures metrics groups saved_queries semantic_models unit_tests functions".split()
schemas = os.environ.get("TSDBT_SCHEMAS")


def validator(kind, file):
    wanted = json.loads((Path(schemas) / file).read_text()) if schemas else kind.json_schema()
    return jsonschema.validators.validator_for(wanted)(wanted)


VALIDATORS = {name: validator(kind, file) for name, (kind, file) in KINDS.items()}


def problems(path, kind):
    data = json.loads(path.read_text())
    read = kind.read_and_check_versions(str(path))
    written = json.loads(json.dumps(read.to_dict(omit_none=False), default=str))
    if kind is WritableManifest:
        for section in SECTIONS:
            if set(written[section]) != set(data[section]):
                yield f"{section} are not all read"
            lost = {k for key, value in data[section].items() for k in value.keys() - written[section][key].keys()}
            if lost:
                yield f"dbt does not know {sorted(lost)} of {section}"
        # what --state and --defer do
        Manifest.from_writable_manifest(read)
    else:
        kind.validate(data)
        if kind is not CatalogArtifact and len(written["results"]) != len(data["results"]):
            yield "not all results are read"
    if set(data) != set(written):
        yield f"keys differ: {sorted(set(data) ^ set(written))}"
    for error in list(VALIDATORS[path.name].iter_errors(data))[:5]:
        yield f"{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}"


for folder in map(Path, sys.argv[1:]):
    for name, (kind, _) in KINDS.items():
        path = folder / "target" / name
        if not path.exists():
            if name != "sources.json":
                print(f"FAILED {folder.name}: there is no {name}")
            continue
        place = f"{folder.name}: {name} read by dbt"
        try:
            found = list(problems(path, kind))
        except Exception as error:
            found = [f"{type(error).__name__}: {str(error)[:500]}"]
        print(f"FAILED {place}: {'; '.join(found)}" if found else f"ok {place}")
