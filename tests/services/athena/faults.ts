import type { StatementFault } from "./executions.ts";

/** One call as the front saw it. */
export interface RecordedCall {
  service: string;
  action: string;
  /** The statement, the object or the input. */
  detail: string;
  /** Whether it may change anything. */
  writes: boolean;
  /** The access key that it was signed with. */
  key: string;
}

/** Which calls fail, and how. */
export interface FaultRule {
  /** The n-th writing call since the last reset, from 0. */
  index?: number;
  service?: string;
  action?: string;
  /** A regular expression that its detail matches. */
  detail?: string;
  /** How many calls, one if not said. */
  times?: number;
  when: "before" | "after";
  code: string;
  message?: string;
  status?: number;
  /** A failed query's type of error, where the call is a statement. */
  errorType?: number;
  /** The call itself is refused, not the query it starts. */
  refuse?: boolean;
  /** Everything that writes fails from then on, as if the process had ended. */
  crash?: boolean;
}

export interface Fault {
  when: "before" | "after";
  code: string;
  message: string;
  status: number;
}

/** Remembers the calls and lets chosen ones fail. */
export class Faults {
  calls: RecordedCall[] = [];
  private rules: (FaultRule & { left: number })[] = [];
  private writing = -1;
  private crashed = false;

  reset(): void {
    this.calls = [];
    this.rules = [];
    this.writing = -1;
    this.crashed = false;
  }
  add(rule: FaultRule): void {
    this.rules.push({ ...rule, left: rule.times ?? 1 });
  }
  /** Notes a call and answers what is to go wrong with it. Statements that shall fail as queries are left to {@link ofStatement}. */
  of(call: RecordedCall, anyRule = true): Fault | undefined {
    this.calls.push(call);
    if (call.writes) this.writing++;
    if (!anyRule && !this.rules.some((rule) => rule.refuse)) return undefined;
    const rule = this.matching(call, (one) => anyRule || one.refuse === true);
    return rule && toFault(rule);
  }
  ofStatement(sql: string): StatementFault | undefined {
    const call = { service: "athena", action: "StartQueryExecution", detail: sql, writes: true };
    const rule = this.matching(call, (one) => one.refuse !== true);
    return (
      rule && {
        when: rule.when,
        reason: rule.message ?? `${rule.code}: made to fail`,
        ...(rule.errorType !== undefined && { errorType: rule.errorType }),
      }
    );
  }
  private matching(call: Omit<RecordedCall, "key">, fits: (rule: FaultRule) => boolean): FaultRule | undefined {
    if (this.crashed && call.writes) return { when: "before", code: "AccessDeniedException" };
    const rule = this.rules.find(
      (one) =>
        one.left > 0 &&
        fits(one) &&
        (one.index === undefined || (call.writes && one.index === this.writing)) &&
        (one.service === undefined || one.service === call.service) &&
        (one.action === undefined || one.action === call.action) &&
        (one.detail === undefined || new RegExp(one.detail, "i").test(call.detail)),
    );
    if (!rule) return undefined;
    rule.left--;
    if (rule.crash) this.crashed = true;
    return rule;
  }
}

function toFault(rule: FaultRule): Fault {
  return { when: rule.when, code: rule.code, message: rule.message ?? "made to fail", status: rule.status ?? 400 };
}
