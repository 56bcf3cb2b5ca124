"""Python dbt as child processes, imported once: each request forks a process that runs one command and exits.

A request is a JSON line on standard input: args, cwd, env, and the files that take the output. The answer is the exit code.
"""

import gc
import json
import os
import sys

from dbt.artifacts.resources.v1 import model  # no adapter here: DuckDB's threads do not survive a fork
from dbt.cli.main import cli
from dbt.contracts import project, selection
from dbt.contracts.graph import nodes

CHECKED = (
    *(project.ProjectFlags, project.ProfileConfig, project.Project, project.Configuration, selection.SelectorFile),
    *(model.ModelConfig, nodes.ModelNode, nodes.SeedNode, nodes.SnapshotNode, nodes.GenericTestNode, nodes.SingularTestNode),
)


def become_command(request):
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number, path in ((1, request["stdout"]), (2, request["stderr"])):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    sys.argv = ["dbt", *request["args"]]
    cli.main(args=request["args"], prog_name="dbt")


def serve():
    for kind in CHECKED:  # dbt builds the schema on first use and keeps it: the longest step of a small command
        kind.json_schema()
    gc.freeze()
    answers = os.fdopen(os.dup(1), "w")
    for line in iter(sys.stdin.readline, ""):
        child = os.fork()
        if child == 0:
            become_command(json.loads(line))
            return
        _, status = os.waitpid(child, 0)
        answers.write(f"{os.waitstatus_to_exitcode(status)}\n")
        answers.flush()


serve()
