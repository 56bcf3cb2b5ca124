"""Models: materializations, contracts, ephemeral models, names."""

import pytest
from dbt.tests.adapter.aliases.test_aliases import BaseSameAliasDifferentDatabases
from dbt.tests.adapter.basic.test_incremental import BaseIncrementalBadStrategy
from dbt.tests.adapter.basic.test_table_materialization import BaseTableMaterialization
from dbt.tests.adapter.catalog import files
from dbt.tests.adapter.catalog.relation_types import CatalogRelationTypes
from dbt.tests.adapter.column_types import fixtures as column_types
from dbt.tests.adapter.column_types.test_column_types import BasePostgresColumnTypes
from dbt.tests.adapter.concurrency.test_concurrency import BaseConcurrency
from dbt.tests.adapter.constraints.test_constraints import (
    BaseConstraintQuotedColumn,
    BaseIncrementalContractSqlHeader,
    BaseIncrementalForeignKeyConstraint,
    BaseTableContractSqlHeader,
)
from dbt.tests.adapter.empty.test_empty import BaseTestEmptySeedFlag, MetadataWithEmptyFlag
from dbt.tests.adapter.ephemeral.test_ephemeral import BaseEphemeralErrorHandling
from dbt.tests.adapter.incremental.test_incremental_merge_exclude_columns import BaseMergeExcludeColumns
from dbt.tests.adapter.incremental.test_incremental_predicates import (
    TestIncrementalPredicatesDeleteInsert as BaseIncrementalPredicatesDeleteInsert,
    TestPredicatesDeleteInsert as BasePredicatesDeleteInsert,
)
from dbt.tests.adapter.persist_docs.test_persist_docs import (
    BasePersistDocsAllColumnsMissing,
    BasePersistDocsQuotedColumnCaseSensitive,
    BasePersistDocsQuotedDescriptionNotAppliedOnMismatch,
)
from dbt.tests.adapter.relations.test_dropping_schema_named import BaseDropSchemaNamed
from dbt.tests.adapter.simple_copy.test_copy_uppercase import BaseSimpleCopyUppercase
from dbt.tests.adapter.simple_copy.test_simple_copy import EmptyModelsArentRunBase, SimpleCopyBase
from dbt.tests.util import run_dbt


class TestSameAliasDifferentDatabases(BaseSameAliasDifferentDatabases):
    pass


class TestIncrementalBadStrategy(BaseIncrementalBadStrategy):
    def test_incremental_invalid_strategy(self, project):
        """DuckDB asks for the strategy only when there is a table to add to."""
        run_dbt(["seed"])
        run_dbt(["run"])
        [result] = run_dbt(["run"], expect_pass=False)
        assert 'macro with the name "get_incremental_bad_strategy_sql"' in result.message


class TestTableMaterialization(BaseTableMaterialization):
    pass


class TestCatalogRelationTypes(CatalogRelationTypes):
    @pytest.fixture(scope="class", autouse=True)
    def models(self):
        return {"my_table.sql": files.MY_TABLE, "my_view.sql": files.MY_VIEW}

    @pytest.mark.parametrize(
        "node_name,relation_type",
        [("seed.test.my_seed", "BASE TABLE"), ("model.test.my_table", "BASE TABLE"), ("model.test.my_view", "VIEW")],
    )
    def test_relation_types_populate_correctly(self, docs, node_name, relation_type):
        super().test_relation_types_populate_correctly(docs, node_name, relation_type)


class TestColumnTypes(BasePostgresColumnTypes):
    @pytest.fixture(scope="class")
    def models(self):
        """On DuckDB a decimal column counts as no number: its type carries a size that the adapter does not cut off."""
        types = column_types.schema_yml.replace("['numeric', 'number']", "['not numeric', 'not number']")
        return {"model.sql": column_types.model_sql, "schema.yml": types}


class TestConcurrency(BaseConcurrency):
    pass


class TestConstraintQuotedColumn(BaseConstraintQuotedColumn):
    pass


class TestIncrementalContractSqlHeader(BaseIncrementalContractSqlHeader):
    pass


class TestIncrementalForeignKeyConstraint(BaseIncrementalForeignKeyConstraint):
    pass


class TestTableContractSqlHeader(BaseTableContractSqlHeader):
    pass


class TestEmptySeedFlag(BaseTestEmptySeedFlag):
    pass


class TestMetadataWithEmptyFlag(MetadataWithEmptyFlag):
    pass


class TestEphemeralErrorHandling(BaseEphemeralErrorHandling):
    pass


class TestMergeExcludeColumns(BaseMergeExcludeColumns):
    pass


class TestIncrementalPredicatesDeleteInsert(BaseIncrementalPredicatesDeleteInsert):
    pass


class TestPredicatesDeleteInsert(BasePredicatesDeleteInsert):
    pass


class TestPersistDocsAllColumnsMissing(BasePersistDocsAllColumnsMissing):
    pass


class TestPersistDocsQuotedColumnCaseSensitive(BasePersistDocsQuotedColumnCaseSensitive):
    pass


class TestPersistDocsQuotedDescriptionNotAppliedOnMismatch(BasePersistDocsQuotedDescriptionNotAppliedOnMismatch):
    pass


class TestDropSchemaNamed(BaseDropSchemaNamed):
    pass


class TestEmptyModelsArentRun(EmptyModelsArentRunBase):
    pass


class TestSimpleCopy(SimpleCopyBase):
    pass


class TestSimpleCopyUppercase(BaseSimpleCopyUppercase):
    @pytest.fixture(scope="class")
    def dbt_profile_target(self, tmp_path_factory):
        return {"type": "duckdb", "threads": 4, "path": str(tmp_path_factory.mktemp("database") / "MixedCase.duckdb")}
