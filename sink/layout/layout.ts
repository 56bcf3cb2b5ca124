import { type Config, layoutSchema, type OutputOptions } from "../config/index.ts";
import { SinkError } from "../errors.ts";
import { templateProblem } from "./path-template.ts";

type Section = Pick<Config, "input" | "output" | "validation">;

/** All that decides what a claim's objects are, besides its messages. It stands in each claim. */
export interface Layout extends Section {
  /** The prefix of all objects. */
  prefix: string;
  deadLetters: string;
  /** In a claim: what was refused by code or by the registry, neither of which need judge the same another time. */
  refused?: Refusal[] | undefined;
}

/** A message's verdict. */
export interface Refusal {
  offset: number;
  reason: string;
  detail: string;
}

/** The layout of a topic's claims. */
export function layoutOf(config: Config, topic: string): Layout {
  const own = config.overrides[topic] ?? {};
  return {
    input: own.input ?? config.input,
    output: own.output ?? config.output,
    validation: own.validation ?? config.validation,
    prefix: config.s3.prefix,
    deadLetters: config.dead_letters.prefix,
  };
}

/** The layout that a claim tells. */
export function readLayout(given: unknown): Layout {
  return layoutSchema.parse(given);
}

/** Fails where a configured path could give two ranges one name. */
export function checkLayouts(config: Config): void {
  const severalTopics = Boolean(config.kafka.pattern) || config.kafka.topics.length > 1;
  const check = (output: OutputOptions, needsTopic: boolean, where: string) => {
    const problem = templateProblem(output.path, needsTopic);
    if (problem) throw new SinkError(`${where}.path: ${problem}`, { hint: `it is ${output.path}` });
    try {
      new Intl.DateTimeFormat("en", { timeZone: output.timezone });
    } catch (error) {
      throw new SinkError(`${where}.timezone: unknown time zone ${output.timezone}`, { cause: error });
    }
    if (!/^(ingestion|kafka|field:.+)$/.test(output.time))
      throw new SinkError(`${where}.time: expected ingestion, kafka or field:NAME, got ${output.time}`);
  };
  check(config.output, severalTopics, "output");
  for (const [topic, { output }] of Object.entries(config.overrides))
    if (output) check(output, severalTopics, `overrides.${topic}.output`);
}
