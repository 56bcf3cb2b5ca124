"""Starts the dbt under test: any command line, or Python dbt by way of the fork server."""

import json
import os
import shlex
import subprocess
import sys
import tempfile
from dataclasses import dataclass

TIMEOUT = float(os.environ.get("SUITE_TIMEOUT", "600"))


@dataclass
class Finished:
    exit_code: int
    stdout: str
    stderr: str


class Program:
    """A command line that is started anew for each command."""

    def __init__(self, words):
        self.words = words

    def run(self, args, env):
        done = subprocess.run(
            [*self.words, *args], env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=TIMEOUT
        )
        return Finished(done.returncode, done.stdout, done.stderr)


class ForkedPython:
    """Python dbt of this interpreter, in a process of its own for each command."""

    def __init__(self):
        self.server = None

    def start(self):
        script = os.path.join(os.path.dirname(__file__), "fork_server.py")
        self.server = subprocess.Popen([sys.executable, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, args, env):
        if self.server is None:
            self.start()
        with tempfile.TemporaryDirectory() as folder:
            files = {name: os.path.join(folder, name) for name in ("stdout", "stderr")}
            self.server.stdin.write(json.dumps({"args": args, "cwd": os.getcwd(), "env": env, **files}) + "\n")
            self.server.stdin.flush()
            answer = self.server.stdout.readline()
            if not answer:
                raise RuntimeError("the process that starts Python dbt has ended")
            texts = {name: read(path) for name, path in files.items()}
        return Finished(int(answer), **texts)


def read(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def program_under_test():
    """What $SUITE_DBT names: a command line, or `python` for Python dbt itself."""
    named = os.environ["SUITE_DBT"]
    return ForkedPython() if named == "python" else Program(shlex.split(named))
