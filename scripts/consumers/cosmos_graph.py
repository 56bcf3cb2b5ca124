"""Loads projects into astronomer-cosmos by their manifest, as an Airflow DAG would, and selects as it would."""

import json
import sys
from pathlib import Path

from cosmos.config import ExecutionConfig, ProfileConfig, ProjectConfig, RenderConfig
from cosmos.constants import LoadMode
from cosmos.dbt.graph import DbtGraph


def load(folder, select):
    project = ProjectConfig(manifest_path=folder / "target" / "manifest.json", project_name=folder.name)
    profile = ProfileConfig(profile_name="p", target_name="t", profiles_yml_filepath=folder / "profiles.yml")
    graph = DbtGraph(
        project=project,
        profile_config=profile,
        render_config=RenderConfig(load_method=LoadMode.DBT_MANIFEST, select=select),
        execution_config=ExecutionConfig(dbt_project_path=folder),
    )
    graph.load(method=LoadMode.DBT_MANIFEST)
    return graph


def models(graph):
    return {key for key in graph.filtered_nodes if key.startswith("model.")}


for folder in map(Path, sys.argv[1:]):
    manifest = json.loads((folder / "target" / "manifest.json").read_text())
    nodes = {key: node for key, node in manifest["nodes"].items() if key.startswith("model.")}
    place = f"{folder.name}: manifest.json loaded by astronomer-cosmos"
    try:
        graph = load(folder, [])
        found = []
        if models(graph) != set(nodes):
            found.append("its models differ")
        for key in models(graph):
            if sorted(graph.nodes[key].depends_on) != sorted(nodes[key]["depends_on"]["nodes"]):
                found.append(f"the parents of {key} differ")
        tag = next((tag for node in nodes.values() for tag in node["config"]["tags"]), None)
        if tag and models(load(folder, [f"tag:{tag}"])) != {k for k, n in nodes.items() if tag in n["config"]["tags"]}:
            found.append(f"it selects other models for tag:{tag}")
        print(f"FAILED {place}: {'; '.join(found)}" if found else f"ok {place}")
    except Exception as error:
        print(f"FAILED {place}: {type(error).__name__}: {str(error)[:500]}")
