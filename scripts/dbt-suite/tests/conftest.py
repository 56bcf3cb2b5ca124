"""Where the tests of this folder run: a DuckDB file for each class, or what $SUITE_PROFILE says; nothing written beside the tests."""

import json
import os

import pytest

pytest_plugins = ["dbt.tests.fixtures.project"]


@pytest.fixture(scope="class")
def dbt_profile_target(tmp_path_factory):
    if "SUITE_PROFILE" in os.environ:
        return json.loads(os.environ["SUITE_PROFILE"])
    return {"type": "duckdb", "threads": 4, "path": str(tmp_path_factory.mktemp("database") / "suite.duckdb")}


@pytest.fixture(scope="class")
def logs_dir(tmp_path_factory):
    folder = str(tmp_path_factory.mktemp("logs"))
    os.environ["DBT_LOG_PATH"] = folder
    yield folder
    del os.environ["DBT_LOG_PATH"]


@pytest.fixture(scope="module")
def test_data_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("data") / "data"
