import { type ErrorDetails, TsdbtError } from "../../errors.ts";
import { builtinFilters, builtinTests, JinjaError, locationOf, MacroReturn, pyStr } from "../../jinja/index.ts";
import { didYouMean } from "../../manifest/nearest.ts";
import type { Described } from "../shared/index.ts";

export interface ErrorPlace {
  /** The file the template stands in, as the user knows it. */
  file: string;
  node?: Described | undefined;
  /** Names that could have been meant by an undefined one. */
  names?: () => Iterable<string>;
}

/** Whatever a template threw as a TsdbtError with dbt's words and its place. */
export function templateProblem(thrown: unknown, place: ErrorPlace): TsdbtError {
  const location = locationOf(thrown);
  const details: ErrorDetails = { file: place.file };
  if (place.node) details.nodeId = place.node.unique_id;
  if (location) {
    details.file = location.template ?? place.file;
    details.span = location.span;
    details.source = location.source;
  }
  if (place.node && details.file !== place.node.original_file_path) details.node = place.node;
  if (thrown instanceof TsdbtError) return thrown.locate(details);
  if (thrown instanceof MacroReturn)
    return new TsdbtError("TD4505", "Compilation Error", pyStr(thrown.value), {
      ...details,
      hint: "return() gives the value of a macro; outside of one there is nothing to return from.",
    });
  if (!(thrown instanceof JinjaError)) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return new TsdbtError("TD4599", "Compilation Error", message, { ...details, cause: thrown });
  }
  const frames = thrown.frames.filter((frame) => frame.name.startsWith("macro "));
  if (frames.length > 0) {
    details.frames = frames.map((frame) => ({
      name: frame.template ? `${frame.name} (${frame.template})` : frame.name,
      line: frame.span.line,
      ...(frame.template ? { file: frame.template } : {}),
    }));
  }
  details.cause = thrown;
  const hint = hintFor(thrown, place);
  if (hint !== undefined) details.hint = hint;
  return new TsdbtError(codeOf(thrown), "Compilation Error", messageOf(thrown), details);
}

function codeOf(error: JinjaError): string {
  if (error.is("TemplateSyntaxError")) return "TD4501";
  if (error.is("UndefinedError")) return "TD4502";
  return error.is("SecurityError") ? "TD4503" : "TD4504";
}

function messageOf(error: JinjaError): string {
  if (!error.is("UndefinedError")) return error.message;
  return (
    `${error.message}. This can happen when calling a macro that does not exist. Check for typos and/or install ` +
    'package dependencies with "dbt deps".'
  );
}

function hintFor(error: JinjaError, place: ErrorPlace): string | undefined {
  if (error.hint !== undefined) return error.hint;
  if (error.is("TemplateSyntaxError")) return syntaxHint(error.message);
  const test = /^No test named '([^']+)'/.exec(error.message)?.[1];
  if (test) return didYouMean(test, builtinTests.keys());
  const name = /^'([^']+)' is undefined/.exec(error.message)?.[1];
  return name === undefined || !place.names ? undefined : didYouMean(name, place.names());
}

function syntaxHint(message: string): string | undefined {
  const unclosed = /Unexpected end of template.*innermost block that needs to be closed is '(\w+)'/s.exec(message)?.[1];
  if (unclosed) return `close it with \`{% end${unclosed} %}\``;
  const tag = /Encountered unknown tag '(\w+)'/.exec(message)?.[1];
  const open = /innermost block that needs to be closed is '(\w+)'/.exec(message)?.[1];
  if (tag?.startsWith("end") && TAGS.includes(tag)) {
    return open
      ? `close \`{% ${open} %}\` first, with \`{% end${open} %}\``
      : `no \`{% ${tag.slice(3)} %}\` is open here`;
  }
  if (tag) return didYouMean(tag, TAGS);
  const filter = /^No filter named '([^']+)'/.exec(message)?.[1];
  if (filter) return didYouMean(filter, builtinFilters.keys());
  const test = /^No test named '([^']+)'/.exec(message)?.[1];
  if (test) return didYouMean(test, builtinTests.keys());
  if (message.includes("expected token 'end of print statement'")) return "is a `}}`, a comma or an operator missing?";
  return undefined;
}

const TAGS = [
  "if",
  "elif",
  "else",
  "endif",
  "for",
  "endfor",
  "set",
  "endset",
  "macro",
  "endmacro",
  "call",
  "endcall",
].concat(
  ["do", "filter", "endfilter", "raw", "endraw", "snapshot", "endsnapshot", "test", "endtest", "materialization"],
  ["endmaterialization", "docs", "enddocs", "with", "endwith", "block", "endblock"],
);
