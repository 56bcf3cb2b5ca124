"""User-defined functions."""

from dbt.tests.adapter.functions.test_udafs import BasicPythonUDAF, BasicSQLUDAF, PythonUDAFDefaultArgSupport
from dbt.tests.adapter.functions.test_udfs import (
    CanFindScalarFunctionRelation,
    DeterministicUDF,
    ErrorForUnsupportedType,
    NonDeterministicUDF,
    PythonUDFDefaultArgSupport,
    PythonUDFEntryPointRequired,
    PythonUDFNotSupported,
    PythonUDFRuntimeVersionRequired,
    PythonUDFSupported,
    PythonUDFVolatilitySupport,
    PythonUDFWithPackagesSupported,
    SqlUDFDefaultArgSupport,
    StableUDF,
    UDFsBasic,
)


class TestBasicPythonUDAF(BasicPythonUDAF):
    pass


class TestBasicSQLUDAF(BasicSQLUDAF):
    pass


class TestPythonUDAFDefaultArgSupport(PythonUDAFDefaultArgSupport):
    pass


class TestCanFindScalarFunctionRelation(CanFindScalarFunctionRelation):
    pass


class TestDeterministicUDF(DeterministicUDF):
    pass


class TestErrorForUnsupportedType(ErrorForUnsupportedType):
    pass


class TestNonDeterministicUDF(NonDeterministicUDF):
    pass


class TestPythonUDFDefaultArgSupport(PythonUDFDefaultArgSupport):
    pass


class TestPythonUDFEntryPointRequired(PythonUDFEntryPointRequired):
    pass


class TestPythonUDFNotSupported(PythonUDFNotSupported):
    pass


class TestPythonUDFRuntimeVersionRequired(PythonUDFRuntimeVersionRequired):
    pass


class TestPythonUDFSupported(PythonUDFSupported):
    pass


class TestPythonUDFVolatilitySupport(PythonUDFVolatilitySupport):
    pass


class TestPythonUDFWithPackagesSupported(PythonUDFWithPackagesSupported):
    pass


class TestSqlUDFDefaultArgSupport(SqlUDFDefaultArgSupport):
    pass


class TestStableUDF(StableUDF):
    pass


class TestUDFsBasic(UDFsBasic):
    pass
