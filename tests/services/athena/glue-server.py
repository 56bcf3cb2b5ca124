"""moto's server of Glue, STS and Lake Formation, with what Trino asks Glue for and moto lacks."""
from moto.core.responses import ActionResult
from moto.glue.responses import GlueResponse


def _nothing(self):
    return "{}"


# column statistics
for _verb in ("delete", "update", "get"):
    for _level in ("table", "partition"):
        _name = f"{_verb}_column_statistics_for_{_level}"
        if not hasattr(GlueResponse, _name):
            setattr(GlueResponse, _name, _nothing)


def _as_engine_knows_it(table):
    """Trino knows views by a comment that Athena does not mind the loss of; it takes a description for one."""
    parameters = table.get("Parameters") or {}
    if parameters.get("presto_view") != "true":
        return table
    told = {name: value for name, value in table.items() if name != "Description"}
    return {**told, "Parameters": {**parameters, "comment": "Presto View"}}


def _told_engine(answer):
    def wrapped(self):
        result = answer(self).result
        if "aws-sdk-java" in self.headers.get("User-Agent", ""):
            if "Table" in result:
                result = {"Table": _as_engine_knows_it(result["Table"])}
            else:
                result = {**result, "TableList": [_as_engine_knows_it(table) for table in result["TableList"]]}
        return ActionResult(result)

    return wrapped


GlueResponse.get_table = _told_engine(GlueResponse.get_table)
GlueResponse.get_tables = _told_engine(GlueResponse.get_tables)

from moto.server import main  # noqa: E402

main()
