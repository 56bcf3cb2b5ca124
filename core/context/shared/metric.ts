import { toPython } from "../../jinja/runtime/convert.ts";
import { type Data, HostObject } from "../../jinja/runtime/values.ts";
import type { SemanticResource } from "../../manifest/resources.ts";

/** What `metric(...)` is in a template: printed it is the metric's name, and it shows the metric's fields where that is known. */
export class MetricReference extends HostObject {
  readonly typeName = "MetricReference";
  private readonly name: string;
  private readonly packageName: string | null;
  private readonly metric: SemanticResource | undefined;

  constructor(name: string, packageName: string | null, metric?: SemanticResource) {
    super();
    this.name = name;
    this.packageName = packageName;
    this.metric = metric;
  }

  override attr(name: string): unknown {
    if (name === "metric_name") return this.name;
    if (name === "package_name") return this.packageName;
    if (!this.metric || name.startsWith("$") || !Object.hasOwn(this.metric, name)) return undefined;
    if (name === "type") return new MetricType(String((this.metric as { [key: string]: Data }).type));
    return toPython((this.metric as { [key: string]: Data })[name]!);
  }

  override str(): string {
    return this.name;
  }
}

/** A metric's type: an enumeration in Python, which prints with its own name and equals no text. */
class MetricType extends HostObject {
  readonly typeName = "MetricType";
  private readonly value: string;

  constructor(value: string) {
    super();
    this.value = value;
  }

  override attr(name: string): unknown {
    return name === "value" ? this.value : name === "name" ? this.value.toUpperCase() : undefined;
  }

  override str(): string {
    return `MetricType.${this.value.toUpperCase()}`;
  }

  override repr(): string {
    return `<${this.str()}: '${this.value}'>`;
  }
}
