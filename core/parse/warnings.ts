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

/** What parsing warns of. */
export class ParseWarnings {
  private readonly events: EventBus;

  constructor(events: EventBus) {
    this.events = events;
  }

  /** `data` is what dbt's event holds, for programs that read JSON logs. */
  deprecate(name: DeprecationName, message: string, data: EventData): void {
    this.events.emit(deprecation(name, DEPRECATIONS[name], message, { data }));
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
}
