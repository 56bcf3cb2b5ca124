import { versionText } from "../manifest/lookups.ts";
import type { Node } from "../manifest/resources.ts";
import type { ParseState } from "./state.ts";

/** Tells of tags at the top level of a file that are none of the blocks looked for there: an `{% endmacro %}` too many. */
export function unexpectedBlocks(state: Pick<ParseState, "warnings">, file: string): (tag: string) => void {
  return (tag) => {
    const msg = `Found unexpected '${tag}' block tag.`;
    state.warnings.deprecate("UnexpectedJinjaBlockDeprecation", `${msg} in file \`${file}\``, { msg, file });
  };
}

/** Warns of models past their `deprecation_date` and of those that refer to such. https://docs.getdbt.com/reference/resource-properties/deprecation_date */
export function warnDeprecatedModels(state: ParseState): void {
  const { manifest, warnings } = state;
  for (const node of manifest.nodes.values()) {
    if (node.resource_type !== "model" || !node.deprecation_date) continue;
    const isPast = Date.parse(node.deprecation_date) < Date.now();
    const hasVersion = node.version !== null && node.version !== undefined;
    const version = hasVersion ? `.v${versionText(node.version)}` : "";
    if (isPast) {
      warnings.warn(
        "DeprecatedModel",
        "I065",
        `Model ${node.name}${version} has passed its deprecation date of ${node.deprecation_date}. This model should be disabled or removed.`,
        {
          model_name: node.name,
          model_version: hasVersion ? versionText(node.version) : "",
          deprecation_date: node.deprecation_date,
        },
      );
    }
    for (const id of manifest.child_map.get(node.unique_id) ?? []) {
      const child = manifest.nodes.get(id);
      if (child?.resource_type === "model") warnReference(state, child, node, isPast, version);
    }
  }
}

function warnReference(state: ParseState, child: Node, node: Node, isPast: boolean, version: string): void {
  const name = isPast ? "DeprecatedReference" : "UpcomingReferenceDeprecation";
  const fate = isPast ? "was deprecated on" : "is slated for deprecation on";
  const isOld = version !== "" && version !== `.v${versionText(node.latest_version)}`;
  const newer = isOld
    ? `A new version of '${node.name}' is available. ${isPast ? "Migrate now" : "Try it out"}: ` +
      `{{ ref('${node.package_name}', '${node.name}', v='${versionText(node.latest_version)}') }}.`
    : "";
  state.warnings.warn(
    name,
    isPast ? "I067" : "I066",
    `While compiling '${child.name}': Found a reference to ${node.name}${version}, which ${fate} '${node.deprecation_date ?? ""}'. ${newer}`,
    {
      model_name: child.name,
      ref_model_package: node.package_name,
      ref_model_name: node.name,
      ref_model_version: version.slice(2),
      ref_model_latest_version: versionText(node.latest_version),
      ref_model_deprecation_date: node.deprecation_date,
    },
  );
}
