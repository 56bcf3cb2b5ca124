"""moto's server of Glue, STS and Lake Formation, with the column statistics that Trino asks Glue for and moto lacks."""
from moto.glue.responses import GlueResponse


def _nothing(self):
    return "{}"


for _verb in ("delete", "update", "get"):
    for _level in ("table", "partition"):
        _name = f"{_verb}_column_statistics_for_{_level}"
        if not hasattr(GlueResponse, _name):
            setattr(GlueResponse, _name, _nothing)

from moto.server import main  # noqa: E402

main()
