import type { EventBus } from "../events/event.ts";
import { deprecation, note, warning } from "../events/messages/index.ts";

/** dbt's codes of the deprecations that parsing finds. */
const DEPRECATIONS = {
  ExposureNameDeprecation: "D007",
  ResourceNamesWithSpacesDeprecation: "D015",
  MFTimespineWithoutYamlConfigurationDeprecation: "D018",
  MFCumulativeTypeParamsDeprecation: "D019",
  UnexpectedJinjaBlockDeprecation: "D023",
  DuplicateYAMLKeysDeprecation: "D024",
  CustomKeyInConfigDeprecation: "D026",
  PropertyMovedToConfigDeprecation: "D030",
  SourceOverrideDeprecation: "D035",
  ArgumentsPropertyInGenericTestDeprecation: "D038",
  MissingArgumentsPropertyInGenericTestDeprecation: "D039",
  DuplicateNameDistinctNodeTypesDeprecation: "D040",
  TimeDimensionsRequireGranularityDeprecation: "D041",
  GenerateSchemaNameNullValueDeprecation: "D044",
} as const;

export type DeprecationName = keyof typeof DEPRECATIONS;

type EventData = { readonly [field: string]: unknown };

/**
 * What parsing warns of. A deprecation is shown the first time only (each time with `--show-all-deprecations`); all are
 * counted for the summary at the end of the command.
 */
export class ParseWarnings {
  /** How often each was met. */
  readonly deprecations = new Map<DeprecationName, number>();
  private readonly events: EventBus;
  private readonly showAll: boolean;

  constructor(events: EventBus, showAll: boolean) {
    this.events = events;
    this.showAll = showAll;
  }

  /** `data` is what dbt's event holds, for programs that read JSON logs. */
  deprecate(name: DeprecationName, message: () => string, data: EventData): void {
    const count = this.deprecations.get(name) ?? 0;
    this.deprecations.set(name, count + 1);
    if (count === 0 || this.showAll) this.events.emit({ ...deprecation(name, DEPRECATIONS[name], message()), data });
  }

  /** @see deprecate for `data` */
  warn(name: string, code: string, message: string, data: EventData): void {
    this.events.emit(warning(message, { name, code, data }));
  }

  /** A warning that `--warn-error` leaves alone. */
  say(message: string): void {
    this.events.emit(note(message, "warn"));
  }

  /** What the semantic layer's rules find: a warning in form, whether or not the command goes on. */
  semantic(message: string): void {
    const options = { name: "SemanticValidationFailure", code: "I070", data: { msg: message } };
    this.events.emit({ ...warning(message, options), enforced: false });
  }

  /** `DeprecationsSummary`: what was met how often. */
  summarize(): void {
    if (this.deprecations.size === 0) return;
    const lines = [...this.deprecations].map(
      ([name, count]) => `- ${name}: ${count} ${count === 1 ? "occurrence" : "occurrences"}`,
    );
    const hint = this.showAll
      ? ""
      : "\n\nTo see all deprecation instances instead of just the first occurrence of each, run command again with the " +
        "`--show-all-deprecations` flag. You may also need to run with `--no-partial-parse` as some deprecations are " +
        "only encountered during parsing.";
    const message = `Summary of encountered deprecations:\n\n${lines.join("\n\n")}${hint}`;
    this.events.emit(deprecation("DeprecationsSummary", "D028", message));
  }
}
