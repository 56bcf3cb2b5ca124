import { createHash } from "node:crypto";
import { literal, unquoted } from "./statements.ts";

const NAME = /(?:`(?:[^`\\]|\\.)+`|"(?:[^"\\]|\\.)+"|'(?:[^'\\]|\\.)+'|\w+)/.source;
const NAMES = `${NAME}(?:\\s*,\\s*${NAME})*`;
const CREATE = new RegExp(
  `^create\\s+(user|role)\\s+(if\\s+not\\s+exists\\s+|or\\s+replace\\s+)?(${NAMES})([\\s\\S]*)$`,
  "i",
);
const DROP = new RegExp(`^drop\\s+(user|role)\\s+(if\\s+exists\\s+)?(${NAMES})\\s*;?\\s*$`, "i");
const GRANT = new RegExp(
  `^(grant|revoke)\\s+([\\s\\S]+?)\\s+on\\s+(?:(${NAME}|\\*)\\.)?(${NAME}|\\*)\\s+(?:to|from)\\s+(${NAMES})(\\s+with\\s+grant\\s+option)?\\s*;?\\s*$`,
  "i",
);
const SYSTEM_GRANTS = /\bsystem\.grants\b/gi;
/** How a password is told, as the user's statement gives it or hashed. */
const SECRET = /\bidentified\s+(?:with\s+(\w+)\s+)?by\s+('(?:[^'\\]|\\.)*')/i;
const SYNTAX_ERROR = /Code: 62\b/;

interface Grant {
  grantee: string;
  privilege: string;
  database: string;
  table: string;
  withOption: boolean;
}

/**
 * Users, roles and grants, which the embedded engine has no storage for: they are kept here, and system.grants tells of them.
 * What a user may do is not looked at.
 */
export class Access {
  private readonly passwords: Map<string, (given: string) => boolean>;
  private readonly roles = new Set<string>();
  private grants: Grant[] = [];

  constructor(users: Map<string, string>) {
    this.passwords = new Map([...users].map(([name, password]) => [name, (given) => given === password]));
  }

  isKnown(user: string, password: string): boolean {
    return this.passwords.get(user)?.(password) ?? false;
  }

  /** Does what the statement says of users and grants; false where it says something else. */
  async take(statement: string, database: string, check: (statement: string) => Promise<unknown>): Promise<boolean> {
    const create = CREATE.exec(statement);
    if (create) return this.create(create);
    const drop = DROP.exec(statement);
    if (drop) return this.drop(drop);
    const grant = GRANT.exec(statement);
    if (!grant) return false;
    const [, verb, privileges, inDatabase, table, grantees, option] = grant;
    await checkSyntax(`${verb} ${privileges} on ${table} ${/^grant$/i.test(verb!) ? "to" : "from"} default`, check);
    const place = { database: unquoted(inDatabase ?? database), table: unquoted(table!) };
    for (const grantee of namesOf(grantees!)) {
      if (!this.passwords.has(grantee) && !this.roles.has(grantee)) throw unknown("role", grantee, 511);
      for (const named of privileges!.split(",")) {
        const privilege = named.trim().toUpperCase();
        this.grants = this.grants.filter((g) => !isSame(g, { grantee, privilege, ...place }));
        if (/^grant$/i.test(verb!))
          this.grants.push({ grantee, privilege, ...place, withOption: option !== undefined });
      }
    }
    return true;
  }

  /** The query with system.grants as it would be if the engine had these grants. */
  withGrants(query: string): string {
    if (this.grants.length === 0) return query;
    const rows = this.grants.map(({ grantee, privilege, database, table, withOption }) => {
      const user = this.passwords.has(grantee);
      const name = literal(grantee);
      const of = (text: string) => (text === "*" ? "null" : literal(text));
      return (
        `select ${user ? name : "null"}::Nullable(String), ${user ? "null" : name}::Nullable(String), ${literal(privilege)}, '', ` +
        `${of(database)}::Nullable(String), ${of(table)}::Nullable(String), null::Nullable(String), 0::UInt8, ${Number(withOption)}::UInt8`
      );
    });
    const columns =
      "user_name, role_name, toString(access_type) as access_type, access_object, database, table, column, is_partial_revoke, grant_option";
    return query.replace(
      SYSTEM_GRANTS,
      () => `(select ${columns} from system.grants union all ${rows.join(" union all ")})`,
    );
  }

  private create([, kind, mode = "", names, rest = ""]: string[]): boolean {
    for (const name of namesOf(names!)) {
      const there = this.passwords.has(name) || this.roles.has(name);
      if (there && mode === "") {
        throw new Error(
          `Code: 493. DB::Exception: ${kind} \`${name}\`: cannot insert because it already exists. (ACCESS_ENTITY_ALREADY_EXISTS)`,
        );
      }
      if (there && /not/i.test(mode)) continue;
      if (/^role$/i.test(kind!)) this.roles.add(name);
      else this.passwords.set(name, passwordCheck(rest));
    }
    return true;
  }

  private drop([, kind, tolerant, names]: string[]): boolean {
    for (const name of namesOf(names!)) {
      const gone = /^role$/i.test(kind!) ? this.roles.delete(name) : this.passwords.delete(name);
      if (!gone && !tolerant) throw unknown(kind!.toLowerCase(), name, 192);
      this.grants = this.grants.filter((grant) => grant.grantee !== name);
    }
    return true;
  }
}

function passwordCheck(rest: string): (given: string) => boolean {
  const secret = SECRET.exec(rest);
  if (!secret) return (given) => given === "";
  const told = unquoted(secret[2]!);
  if (!/^sha256_hash$/i.test(secret[1] ?? "")) return (given) => given === told;
  return (given) => createHash("sha256").update(given).digest("hex") === told.toLowerCase();
}

/** The engine knows the privileges; that it can store no grant comes after it has read the statement. */
async function checkSyntax(statement: string, check: (statement: string) => Promise<unknown>): Promise<void> {
  try {
    await check(statement);
  } catch (error) {
    if (SYNTAX_ERROR.test((error as Error).message)) throw error;
  }
}

function namesOf(list: string): string[] {
  return [...list.matchAll(new RegExp(NAME, "g"))].map(([name]) => unquoted(name));
}

function isSame(grant: Grant, other: Omit<Grant, "withOption">): boolean {
  return (["grantee", "privilege", "database", "table"] as const).every((key) => grant[key] === other[key]);
}

function unknown(kind: string, name: string, code: number): Error {
  const what = kind === "role" ? "UNKNOWN_ROLE" : "UNKNOWN_USER";
  return new Error(`Code: ${code}. DB::Exception: There is no ${kind} \`${name}\` in \`user directories\`. (${what})`);
}
