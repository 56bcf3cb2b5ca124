/** Which part of the loader refused the text; the names are PyYAML's. */
export type ProblemKind = "ReaderError" | "ScannerError" | "ParserError" | "ComposerError" | "ConstructorError";

/** What is wrong with a YAML text and where: thrown inside this folder, made a TsdbtError at its door. */
export class YamlProblem extends Error {
  readonly kind: ProblemKind;
  /** Offset in the text. */
  readonly offset: number;
  /** What was being read, e.g. `while parsing a block mapping`, and where that began. */
  readonly context: string | undefined;
  readonly contextOffset: number | undefined;
  constructor(kind: ProblemKind, message: string, offset: number, context?: string, contextOffset?: number) {
    super(message);
    this.kind = kind;
    this.offset = offset;
    this.context = context;
    this.contextOffset = contextOffset;
  }
}
