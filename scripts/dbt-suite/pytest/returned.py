"""What run_dbt hands to a test, made again from a finished command: its exit code, its output and its artifacts."""

import json
import os
import re
from types import SimpleNamespace

import agate
import dbt.exceptions
import dbt_common.exceptions
from dbt.artifacts.schemas.catalog import CatalogArtifact
from dbt.artifacts.schemas.manifest import WritableManifest
from dbt.artifacts.schemas.results import NodeStatus
from dbt.cli.exceptions import DbtUsageException
from dbt.contracts.graph.manifest import Manifest

RESULT_FILES = ("run_results.json", "sources.json", "catalog.json")
LOG_LINE = re.compile(r"^\d\d:\d\d:\d\d  ")
ERROR_HEADING = re.compile(r"^(?:\d\d:\d\d:\d\d\s+)?(Compilation|Parsing|Database|Dependency|Validation|Runtime|Internal) Error", re.M)
ERROR_KINDS = {
    "Compilation": dbt_common.exceptions.CompilationError,
    "Parsing": dbt.exceptions.ParsingError,
    "Database": dbt_common.exceptions.DbtDatabaseError,
    "Dependency": dbt.exceptions.DependencyError,
    "Validation": dbt_common.exceptions.DbtValidationError,
    "Runtime": dbt_common.exceptions.DbtRuntimeError,
    "Internal": dbt_common.exceptions.DbtInternalError,
}


class EventPart(SimpleNamespace):
    """A part of a logged event; like dbt's, it has every field, empty where nothing was said."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return EventPart()


class ResultList(list):
    """Node results that also answer to the names that dbt's own result object has."""

    def __init__(self, items, artifact):
        super().__init__(items)
        self.results = self
        self.args = artifact.get("args", {})
        self.elapsed_time = artifact.get("elapsed_time", 0.0)
        self.metadata = artifact.get("metadata", {})


def file_marks(folder):
    """Which result files there are and which writing of them, to tell afterwards what a command wrote."""
    marks = {}
    for name in RESULT_FILES:
        try:
            found = os.stat(os.path.join(folder, name))
        except FileNotFoundError:
            continue
        marks[name] = (found.st_ino, found.st_mtime_ns)
    return marks


def read_json(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        return json.load(file)


def read_manifest(folder):
    path = os.path.join(folder, "manifest.json")
    return Manifest.from_writable_manifest(WritableManifest.read_and_check_versions(path)) if os.path.exists(path) else None


def resource(manifest, row):
    unique_id = row["unique_id"]
    sections = ("nodes", "sources", "unit_tests", "exposures", "functions", "saved_queries", "semantic_models", "metrics")
    for section in sections if manifest else ():
        found = getattr(manifest, section, {}).get(unique_id)
        if found is not None:
            return found
    kind, *_, name = unique_id.split(".")
    told = {key: row.get(key) for key in ("compiled_code", "relation_name")}
    return SimpleNamespace(unique_id=unique_id, resource_type=kind, name=name, **told)


def node_result(row, manifest):
    fields = {"message": None, "failures": None, "adapter_response": {}, "batch_results": None, "agate_table": None, **row}
    if fields["batch_results"]:
        fields["batch_results"] = SimpleNamespace(**fields["batch_results"])
    fields["timing"] = [SimpleNamespace(**part) for part in row.get("timing", [])]
    fields["status"] = NodeStatus(row["status"])
    return SimpleNamespace(node=resource(manifest, row), to_dict=lambda omit_none=False: row, **fields)


def result_list(folder, name):
    artifact = read_json(folder, name)
    manifest = read_manifest(folder)
    return ResultList([node_result(row, manifest) for row in artifact["results"]], artifact)


def shown_table(output):
    """The rows that `show --output json` prints."""
    return agate.Table.from_object(json.loads(output[output.index("{") :])["show"])


def logged_events(folder):
    """The events of a JSON log file, as callbacks get them."""
    with open(os.path.join(folder, "dbt.log"), encoding="utf-8") as file:
        return [json.loads(line, object_hook=lambda fields: EventPart(**fields)) for line in file]


def listed(output):
    return [line for line in output.splitlines() if line.strip() and not LOG_LINE.match(line)]


def error_of(finished):
    """The exception that the printed error stands for; its text is all that was printed."""
    text = finished.stdout + finished.stderr
    heading = ERROR_HEADING.search(text)
    if heading:
        return ERROR_KINDS[heading.group(1)](text)
    if re.search(r"^(Usage:|Error: )", text, re.M):
        return DbtUsageException(text)
    return dbt_common.exceptions.DbtRuntimeError(text)


def value_of(command, finished, folder, before):
    """What the command returns in Python dbt when it ends without an exception."""
    written = {name for name, mark in file_marks(folder).items() if before.get(name) != mark}
    if command in ("ls", "list"):
        return listed(finished.stdout)
    if command == "debug":
        return finished.exit_code == 0
    if command in ("clean", "deps", "init"):
        return None
    if command == "parse":
        return read_manifest(folder)
    if command == "generate" and "catalog.json" in written:
        return CatalogArtifact.from_dict(read_json(folder, "catalog.json"))
    for name in ("sources.json",) if command == "freshness" else ("run_results.json",):
        if name in written:
            return result_list(folder, name)
    return ResultList([], {})
