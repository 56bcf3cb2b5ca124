import { didYouMean } from "../manifest/nearest.ts";
import type { Manifest } from "../manifest/resources.ts";
import { type Criterion, formatCriterion, type Group, type Spec } from "./spec.ts";

/** What was probably meant by a criterion that found nothing; undefined where there is nothing sensible to say. */
export function hintFor(spec: Group, manifest: Manifest, count: (spec: Spec) => number): string | undefined {
  const parts = spec.components.filter((part): part is Criterion => part.kind === "criterion");
  if (parts.length > 1) {
    const empty = parts.find((part) => count(part) === 0);
    if (!empty) {
      const words = parts.map((part) => part.raw).join(" ");
      return `a comma intersects, and nothing is in all of them at once: write \`-s ${words}\` for all of them`;
    }
    const about = ofCriterion(empty, manifest);
    return about ? `'${empty.raw}' alone matches nothing: ${about}` : `'${empty.raw}' alone matches nothing`;
  }
  return parts[0] && ofCriterion(parts[0], manifest);
}

function ofCriterion(criterion: Criterion, manifest: Manifest): string | undefined {
  const value = String(criterion.value);
  const disabled = [...manifest.disabled.values()].flat().find((resource) => resource.name === value);
  if (criterion.method === "fqn" && disabled) {
    return `${disabled.resource_type} '${value}' is disabled (${disabled.original_file_path})`;
  }
  const known = candidates(criterion, manifest);
  if (criterion.method === "fqn") {
    const other = (method: Criterion["method"]) => formatCriterion({ ...criterion, method, arguments: [] });
    if (tags(manifest).has(value)) return `'${value}' is a tag: write \`-s ${other("tag")}\``;
    if (sources(manifest).has(value)) return `'${value}' is a source: write \`-s ${other("source")}\``;
    if (packages(manifest).has(value)) return `'${value}' is a package: write \`-s ${other("package")}\``;
  }
  const near = known && didYouMean(value, known);
  return near ? near[0]!.toLowerCase() + near.slice(1) : undefined;
}

/** The values that would match something, by method. */
function candidates(criterion: Criterion, manifest: Manifest): Set<string> | null {
  switch (criterion.method) {
    case "fqn": {
      const names = new Set<string>();
      for (const node of manifest.nodes.values()) {
        if (node.resource_type === "test" && node.test_metadata) continue;
        names.add(node.name);
        for (const part of node.fqn) names.add(part);
      }
      for (const exposure of manifest.exposures.values()) names.add(exposure.name);
      return names;
    }
    case "tag":
      return tags(manifest);
    case "source":
      return sources(manifest);
    case "package":
      return packages(manifest);
    case "exposure":
      return new Set([...manifest.exposures.values()].map((e) => e.name));
    case "metric":
      return new Set([...manifest.metrics.values()].map((m) => m.name));
    case "group":
      return new Set([...manifest.groups.values()].map((g) => g.name));
    case "test_name":
      return new Set([...manifest.nodes.values()].flatMap((n) => n.test_metadata?.name ?? []));
    case "file":
    case "path": {
      const paths = new Set<string>();
      for (const node of manifest.nodes.values()) {
        const path = node.original_file_path;
        if (criterion.method === "file") {
          paths.add(path.slice(path.lastIndexOf("/") + 1));
          continue;
        }
        paths.add(path);
        for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) paths.add(path.slice(0, at));
      }
      return paths;
    }
    default:
      return null;
  }
}

function tags(manifest: Manifest): Set<string> {
  return new Set([...manifest.nodes.values(), ...manifest.sources.values()].flatMap((n) => n.tags));
}

function sources(manifest: Manifest): Set<string> {
  return new Set([...manifest.sources.values()].flatMap((s) => [s.source_name, `${s.source_name}.${s.name}`]));
}

function packages(manifest: Manifest): Set<string> {
  return new Set([...manifest.nodes.values()].map((n) => n.package_name));
}
