import { TsdbtError } from "../errors.ts";
import type { EventBus, NewEvent } from "../events/event.ts";
import { deprecation, note, plainDeprecation, warning } from "../events/messages/index.ts";

/** dbt's codes of the deprecations that parsing finds. */
const DEPRECATIONS = {
  ExposureNameDeprecation: "D007",
  ResourceNamesWithSpacesDeprecation: "D015",
  MFTimespineWithoutYamlConfigurationDeprecation: "D018",
  MFCumulativeTypeParamsDeprecation: "D019",
  MicrobatchMacroOutsideOfBatchesDeprecation: "D020",
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

/** Those that dbt shows as any other warning. */
const PLAIN: ReadonlySet<string> = new Set([
  "ResourceNamesWithSpacesDeprecation",
  "MFTimespineWithoutYamlConfigurationDeprecation",
  "MFCumulativeTypeParamsDeprecation",
  "MicrobatchMacroOutsideOfBatchesDeprecation",
]);

export type DeprecationName = keyof typeof DEPRECATIONS;

type EventData = { readonly [field: string]: unknown };

/**
 * What parsing warns of. `grouped` holds warnings back until all is parsed, so that `--warn-error` tells of all of them at once
 * (`enable_grouped_warn_error_parser_logs`).
 */
export class ParseWarnings {
  private readonly events: EventBus;
  private readonly held: NewEvent[] | null;

  constructor(events: EventBus, grouped = false) {
    this.events = events;
    this.held = grouped ? [] : null;
  }

  /** `data` is what dbt's event holds, for programs that read JSON logs. */
  deprecate(name: DeprecationName, message: string, data: EventData): void {
    const code = DEPRECATIONS[name];
    const named = name !== "ExposureNameDeprecation";
    this.events.emit(
      PLAIN.has(name) ? plainDeprecation(name, code, message, data) : deprecation(name, code, message, { named, data }),
    );
  }

  /** @see deprecate for `data` */
  warn(name: string, code: string, message: string, data: EventData): void {
    const event = warning(message, { name, code, data });
    if (this.held) this.held.push(event);
    else this.events.emit(event);
  }

  /** Tells what was held back. @throws TsdbtError with all that are errors */
  tellHeld(): void {
    const errors: TsdbtError[] = [];
    for (const event of this.held?.splice(0) ?? []) {
      try {
        this.events.emit(event);
      } catch (error) {
        if (!(error instanceof TsdbtError)) throw error;
        errors.push(error);
      }
    }
    const [first] = errors;
    if (!first) return;
    const all = errors.map(({ message }) => message).join("\n");
    throw new TsdbtError(first.code, first.kind, all, { hint: "warnings are errors here (--warn-error)" });
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
}
