import type { StatementComment } from "../../../adapters/statement-log.ts";
import { TsdbtError } from "../../errors.ts";
import { Environment, MacroReturn, PyDict } from "../../jinja/index.ts";
import { jsonDumps } from "../../jinja/runtime/json.ts";
import { pyStr } from "../../jinja/runtime/repr.ts";
import type { Scope } from "../../jinja/runtime/values.ts";
import { findResource } from "../../manifest/maps.ts";
import { createBaseContext } from "../base.ts";

import { MacroContext } from "../macros.ts";
import { templateProblem } from "../parse/template-errors.ts";
import type { ExecutionEnvironment } from "./environment.ts";
import { resourceValue } from "./node-value.ts";

type TextOf = (connection: string) => string;

/**
 * The comment that goes with every statement: the project's `query-comment`, else dbt's own, which names node, profile and target.
 * https://docs.getdbt.com/reference/project-configs/query-comment
 */
export function createQueryComments(env: ExecutionEnvironment): (connection: string) => StatementComment | null {
  const { comment, append } = env.config.project.queryComment;
  if (comment === "") return () => null;
  const textOf = comment === null ? standardComment(env) : projectComment(env, comment);
  return (connection) => {
    const text = textOf(connection).trim();
    if (text.includes("*/")) {
      throw new TsdbtError("TD3065", "Runtime Error", `query comment contains illegal value "*/": ${text}`, {
        file: "dbt_project.yml",
        hint: "a `*/` would end the comment: leave it out of what `query-comment` says",
      });
    }
    return text === "" ? null : { text, append };
  };
}

function standardComment(env: ExecutionEnvironment): TextOf {
  const { profileName, targetName } = env.config.profile;
  const version = createBaseContext({ config: env.config }).get("dbt_version");
  return (connection) => {
    const owner = findResource(env.manifest, connection) ? "node_id" : "connection_name";
    const parts: [unknown, unknown][] = [
      ["app", "dbt"],
      ["dbt_version", version],
      ["profile_name", profileName],
      ["target_name", targetName],
      [owner, connection],
    ];
    return jsonDumps(PyDict.from(parts));
  };
}

function projectComment(env: ExecutionEnvironment, source: string): TextOf {
  const { name } = env.config.project;
  const template = told(() => new Environment({ blocks: true }).compile(source, { name: FILE }));
  const base = createBaseContext({ config: env.config, packageName: name, flags: env.shared.flags });
  return (connection) => {
    const node = findResource(env.manifest, connection);
    const names = new Map<string, unknown>([
      ["target", env.shared.target],
      ["project_name", name],
      ["connection_name", connection],
      ["node", node ? resourceValue(node, { omitNone: false }) : null],
    ]);
    const scope: Scope = new MacroContext(env.macros, {
      searchPackage: name,
      base: { get: (key) => (names.has(key) ? names.get(key) : base.get(key)) },
      mode: "sync",
    });
    try {
      return told(() => template.render(scope));
    } catch (error) {
      if (error instanceof MacroReturn) return pyStr(error.value);
      throw error;
    }
  };
}

const FILE = "dbt_project.yml";

/** What a comment's template throws, as an error that names the file. */
function told<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof MacroReturn ? error : templateProblem(error, { file: FILE });
  }
}
