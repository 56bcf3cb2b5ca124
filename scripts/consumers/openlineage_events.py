"""Makes OpenLineage events of the last build of the first project: one for each node that ran, with its columns."""

import json
import sys
from pathlib import Path

from openlineage.common.provider.dbt.local import DbtLocalArtifactProcessor

folder = Path(sys.argv[1])
processor = DbtLocalArtifactProcessor(
    producer="https://github.com/OpenLineage/OpenLineage", job_namespace="check", project_dir=str(folder)
)
events = processor.parse()
results = json.loads((folder / "target" / "run_results.json").read_text())["results"]
catalog = json.loads((folder / "target" / "catalog.json").read_text())["nodes"]
manifest = json.loads((folder / "target" / "manifest.json").read_text())["nodes"]


def check(what, good):
    print(f"{'ok' if good else 'FAILED'} {folder.name}: {what} by openlineage")


ran = [r["unique_id"] for r in results if r["status"] == "success" and r["unique_id"].startswith(("model.", "snapshot."))]
outputs = {o.name: o for e in events.completes for o in e.outputs}
check(f"{len(ran)} models and snapshots told", len(ran) > 0)
for unique_id in ran:
    node = manifest[unique_id]
    output = outputs.get(f"{node['database']}.{node['schema']}.{node['alias']}")
    columns = [field.name for field in output.facets["schema"].fields] if output else []
    check(f"columns of {unique_id} told", set(catalog[unique_id]["columns"]) == set(columns))
inputs = {i.name for e in events.completes for i in e.inputs}
used = {d for i in ran for d in manifest[i]["depends_on"]["nodes"] if d.startswith("model.")}
check("inputs told", all(any(n.endswith("." + manifest[u]["alias"]) for n in inputs) for u in used))
