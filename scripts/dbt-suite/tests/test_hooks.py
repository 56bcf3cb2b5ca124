"""Hooks of models, seeds, snapshots and runs."""

import os

import dbt.tests.adapter.hooks.fixtures
import pytest
from dbt.tests.adapter.hooks.test_model_hooks import (
    BaseDuplicateHooksInConfigs,
    BaseHookRefs,
    BaseHooksRefsOnSeeds,
    BasePrePostModelHooks,
    BasePrePostModelHooksInConfig,
    BasePrePostModelHooksInConfigKwargs,
    BasePrePostModelHooksInConfigWithCount,
    BasePrePostModelHooksOnSeeds,
    BasePrePostModelHooksOnSeedsPlusPrefixed,
    BasePrePostModelHooksOnSeedsPlusPrefixedWhitespace,
    BasePrePostModelHooksOnSnapshots,
    BasePrePostSnapshotHooksInConfigKwargs,
    BaseTestPrePost,
    TestPrePostModelHooksUnderscores as BasePrePostModelHooksUnderscores,
)
from dbt.tests.adapter.hooks.test_run_hooks import BaseAfterRunHooks, BasePrePostRunHooks
from dbt.tests.util import run_dbt
from dbt_common.exceptions import DbtRuntimeError


@pytest.fixture(scope="module")
def test_data_dir():
    return os.path.join(os.path.dirname(dbt.tests.adapter.hooks.fixtures.__file__), "data")


class HookRowsOfDuckDB:
    """The table that the hooks fill, as a DuckDB target fills it: no host, no user, no database server."""

    def check_hooks(self, state, project, host, count=1):
        many = isinstance(self, BaseTestPrePost)
        rows = self.get_ctx_vars(state, count=count, project=project) if many else [self.get_ctx_vars(state, project)]
        for row in rows:
            assert row["test_state"] == state
            assert row["target_name"] == "default"
            assert row["target_schema"] == project.test_schema
            assert row["target_type"] == "duckdb"
            assert row["target_threads"] == 4
            assert [row[f"target_{name}"] for name in ("dbname", "host", "user", "pass")] == ["", "", "", ""]
            assert row["run_started_at"] and row["invocation_id"] and row["thread_id"]


class TestDuplicateHooksInConfigs(BaseDuplicateHooksInConfigs):
    pass


class TestHookRefs(HookRowsOfDuckDB, BaseHookRefs):
    pass


class TestHooksRefsOnSeeds(BaseHooksRefsOnSeeds):
    pass


class TestPrePostModelHooks(HookRowsOfDuckDB, BasePrePostModelHooks):
    pass


class TestPrePostModelHooksInConfig(HookRowsOfDuckDB, BasePrePostModelHooksInConfig):
    pass


class TestPrePostModelHooksInConfigKwargs(HookRowsOfDuckDB, BasePrePostModelHooksInConfigKwargs):
    pass


class TestPrePostModelHooksInConfigWithCount(HookRowsOfDuckDB, BasePrePostModelHooksInConfigWithCount):
    pass


class TestPrePostModelHooksOnSeeds(HookRowsOfDuckDB, BasePrePostModelHooksOnSeeds):
    pass


class TestPrePostModelHooksOnSeedsPlusPrefixed(HookRowsOfDuckDB, BasePrePostModelHooksOnSeedsPlusPrefixed):
    pass


class TestPrePostModelHooksOnSeedsPlusPrefixedWhitespace(HookRowsOfDuckDB, BasePrePostModelHooksOnSeedsPlusPrefixedWhitespace):
    pass


class TestPrePostModelHooksOnSnapshots(HookRowsOfDuckDB, BasePrePostModelHooksOnSnapshots):
    pass


class TestPrePostSnapshotHooksInConfigKwargs(HookRowsOfDuckDB, BasePrePostSnapshotHooksInConfigKwargs):
    pass


class TestPrePostModelHooksUnderscores(HookRowsOfDuckDB, BasePrePostModelHooksUnderscores):
    pass


class TestPrePostRunHooks(HookRowsOfDuckDB, BasePrePostRunHooks):
    pass


class TestAfterRunHooks(BaseAfterRunHooks):
    def test_missing_column_pre_hook(self, project):
        with pytest.raises(DbtRuntimeError, match="test_column"):
            run_dbt(["run"], expect_pass=False)
