"""A pytest plugin: the functional tests of dbt's test kit judge a dbt that is a process of its own ($SUITE_DBT).

The kit's run_dbt calls dbtRunner.invoke inside pytest. Here invoke starts the program in the test's project, and gives back
what the test looks at, read from the exit code, the output, the artifacts and the log file. All else (the schema, queries on the
tables) stays with the Python adapter. Tests that patch Python internals cannot pass this way, with Python dbt neither: so a run
with SUITE_DBT=python says what can be asked of another program.

$SUITE_REPORT, when set, is a file that takes each test's outcome as JSON. $SUITE_SELECTION is a JSON file that says which tests
run: classes whose tests are all `known` are left out; where `only` is not empty, a test's name must hold one of its parts.
"""

import gc
import json
import os
import sys
import tempfile

import child_commands
import dbt.tests.util
import returned
from dbt.adapters.factory import FACTORY
from dbt.cli.flags import args_to_context
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt_common.events.functions import get_capture_stream

program = child_commands.program_under_test()
outcomes = {}
failures = []


def close_database_files():
    """One process at a time may have a DuckDB file open, and the command is about to."""
    if failures:  # the frames of an error keep what was open there
        failures.clear()
        for name in ("last_exc", "last_type", "last_value", "last_traceback"):
            vars(sys).pop(name, None)
        gc.collect()
    for adapter in FACTORY.adapters.values():
        adapter.cleanup_connections()
        environment = getattr(adapter.connections, "_ENV", None)
        if environment is not None:
            environment.close()
            type(adapter.connections)._ENV = None


def name_connections():
    """In one process, a run leaves its connection to the thread, and tests go on with it; here it opens again when it is used."""
    for adapter in FACTORY.adapters.values():
        adapter.acquire_connection("master")


def command_of(args):
    """The command's name, its project folder and its target folder, as dbt's own command line understands the arguments."""
    try:
        context = args_to_context(list(args))
    except Exception:  # the program must say what is wrong with them
        return None, "target"
    root = context.params.get("project_dir") or os.getcwd()
    target = context.params.get("target_path") or os.environ.get("DBT_TARGET_PATH") or "target"
    return context.info_name, os.path.join(str(root), str(target))


def invoke(runner, args, **options):
    args = [str(arg) for arg in args]
    for name, value in options.items():
        args += [f"--{name.replace('_', '-')}", str(value)]
    command, folder = command_of(args)
    close_database_files()
    captured = get_capture_stream()
    before = returned.file_marks(folder)
    quiet = ["--quiet"] if command in ("ls", "list") and captured is None and "--quiet" not in args else []
    env = {**os.environ, "NO_COLOR": "1", "DBT_USE_COLORS": "false", "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
    with tempfile.TemporaryDirectory() as logs:
        if runner.callbacks:
            env.update(DBT_LOG_PATH=logs, DBT_LOG_FORMAT_FILE="json", DBT_LOG_LEVEL_FILE="debug")
        finished = program.run([*args, *quiet], env)
        for event in returned.logged_events(logs) if runner.callbacks else ():
            for callback in runner.callbacks:
                callback(event)
    name_connections()
    print(finished.stdout, finished.stderr)
    if captured is not None:
        captured.write(finished.stdout)
    if finished.exit_code not in (0, 1):
        return dbtRunnerResult(success=False, exception=returned.error_of(finished))
    value = returned.value_of(command, finished, folder, before)
    if command == "show" and finished.exit_code == 0 and value:
        value[-1].agate_table = returned.shown_table(program.run([*args, "--quiet", "--output", "json"], env).stdout)
    return dbtRunnerResult(success=finished.exit_code == 0, result=value)


def get_manifest(project_root):
    """The kit reads it from Python dbt's partial_parse.msgpack, which only Python dbt has."""
    return returned.read_manifest(os.path.join(project_root, "target"))


dbtRunner.invoke = invoke
dbt.tests.util.get_manifest = get_manifest


def pytest_collection_modifyitems(config, items):
    if "SUITE_SELECTION" not in os.environ:
        return
    with open(os.environ["SUITE_SELECTION"], encoding="utf-8") as file:
        chosen = json.load(file)
    known, only = set(chosen["known"]), chosen["only"]
    unfinished = {item.parent.nodeid for item in items if item.nodeid not in known}  # the tests of a class build on each other
    left_out = [
        item
        for item in items
        if item.parent.nodeid not in unfinished or only and not any(part in item.nodeid for part in only)
    ]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_runtest_logreport(report):
    if report.outcome == "failed":
        failures.append(report.nodeid)
    known = outcomes.get(report.nodeid)
    if report.when == "call" or report.outcome != "passed" and (known is None or known["outcome"] == "passed"):
        text = str(report.longrepr or "").strip().splitlines()
        outcomes[report.nodeid] = {"outcome": report.outcome, "why": text[-1] if text else ""}
        write_report()  # now, for a run may be broken off


def write_report():
    path = os.environ.get("SUITE_REPORT")
    if path and "PYTEST_XDIST_WORKER" not in os.environ:
        with open(path, "w", encoding="utf-8") as file:
            json.dump(outcomes, file, indent=1, sort_keys=True)


def pytest_sessionfinish():
    write_report()
