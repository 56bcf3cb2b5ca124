import type { NodeResult, Timing } from "../artifacts/results.ts";
import { isoMoment, type Moment } from "../artifacts/time.ts";
import { resourceValue } from "../context/execution/node-value.ts";
import { PyDict, toPython } from "../jinja/index.ts";
import { pyRepr } from "../jinja/runtime/repr.ts";
import { HostObject } from "../jinja/runtime/values.ts";
import type { GraphResource } from "../manifest/resources.ts";
import { PyDateTime } from "../python/datetime/datetime.ts";
import { type Member, member, method } from "../python/support.ts";

/**
 * A result as on-run-end hooks see it in `results`: `result.status`, `result.node.unique_id`, `result.to_dict()` …
 * https://docs.getdbt.com/reference/dbt-classes#result-objects
 */
export class ResultValue extends HostObject {
  readonly typeName = "RunResult";
  readonly result: NodeResult;
  readonly node: NodeValue;
  constructor(result: NodeResult) {
    super();
    this.result = result;
    this.node = new NodeValue(result.node);
  }
  override attr(name: string): unknown {
    return member(RESULT_MEMBERS, this, name);
  }
  override item(key: unknown): unknown {
    return typeof key === "string" ? this.attr(key) : undefined;
  }
  override repr(): string {
    const { status, message, execution_time: seconds } = this.result;
    return `RunResult(status='${status}', message=${pyRepr(message)}, execution_time=${seconds}, node=${this.node.repr()})`;
  }
  /** `result.to_dict()`: what artifacts hold, with the node inside. */
  asDict(): PyDict {
    const { result } = this;
    return PyDict.from({
      status: result.status,
      timing: result.timing.map((step) =>
        PyDict.from({ name: step.name, started_at: text(step.started), completed_at: text(step.completed) }),
      ),
      thread_id: result.thread_id,
      execution_time: result.execution_time,
      adapter_response: toPython(result.adapter_response),
      message: result.message,
      failures: result.failures,
      node: this.node.asDict(),
      agate_table: null,
      batch_results: toPython(result.batches ?? null),
    });
  }
}

const text = (moment: Moment | null): string | null => (moment === null ? null : isoMoment(moment));

const RESULT_MEMBERS = new Map<string, Member<ResultValue>>([
  ["status", (self) => self.result.status],
  ["timing", (self) => self.result.timing.map((step) => new TimingValue(step))],
  ["thread_id", (self) => self.result.thread_id],
  ["execution_time", (self) => self.result.execution_time],
  ["adapter_response", (self) => toPython(self.result.adapter_response)],
  ["message", (self) => self.result.message],
  ["failures", (self) => self.result.failures],
  ["node", (self) => self.node],
  ["skipped", (self) => self.result.status === "skipped"],
  ["agate_table", () => null],
  ["batch_results", (self) => toPython(self.result.batches ?? null)],
  ["to_dict", method("to_dict(omit_none=False)", (self: ResultValue) => self.asDict())],
]);

/** A node as an object: its keys are attributes. */
class NodeValue extends HostObject {
  readonly typeName: string;
  private readonly resource: GraphResource;
  private value: PyDict | undefined;
  constructor(resource: GraphResource) {
    super();
    this.resource = resource;
    this.typeName = `${resource.resource_type.charAt(0).toUpperCase()}${resource.resource_type.slice(1)}Node`;
  }
  asDict(): PyDict {
    this.value ??= resourceValue(this.resource, { omitNone: false });
    return this.value;
  }
  override attr(name: string): unknown {
    return member(NODE_MEMBERS, this, name) ?? this.asDict().get(name);
  }
  override item(key: unknown): unknown {
    return this.asDict().get(key);
  }
  override repr(): string {
    return `${this.typeName}(unique_id='${this.resource.unique_id}')`;
  }
}

const NODE_MEMBERS = new Map<string, Member<NodeValue>>([
  ["to_dict", method("to_dict(omit_none=False)", (self: NodeValue) => self.asDict())],
  ["identifier", (self) => self.asDict().get("alias") ?? self.asDict().get("identifier")],
]);

/** One step: `timing.name`, `timing.started_at`, `timing.completed_at`. */
class TimingValue extends HostObject {
  readonly typeName = "TimingInfo";
  private readonly step: Timing;
  constructor(step: Timing) {
    super();
    this.step = step;
  }
  override attr(name: string): unknown {
    switch (name) {
      case "name":
        return this.step.name;
      case "started_at":
        return naive(this.step.started);
      case "completed_at":
        return this.step.completed === null ? null : naive(this.step.completed);
    }
    return undefined;
  }
  override item(key: unknown): unknown {
    return typeof key === "string" ? this.attr(key) : undefined;
  }
  override repr(): string {
    const { name } = this.step;
    return `TimingInfo(name='${name}', started_at=${pyRepr(this.attr("started_at"))}, completed_at=${pyRepr(this.attr("completed_at"))})`;
  }
}

/** A Python datetime in UTC that does not say so, as dbt has it. */
function naive(moment: Moment): PyDateTime {
  return PyDateTime.ofLocalSeconds(Math.floor(moment / 1e6) + SECONDS_BEFORE_1970, moment % 1e6, null);
}

const SECONDS_BEFORE_1970 = 62_135_596_800;
