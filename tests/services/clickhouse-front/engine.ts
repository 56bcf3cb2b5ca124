import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ChdbResult, Session } from "chdb";
import { databaseOf, identifier, literal, settingsOf, withoutLeadingComments } from "./statements.ts";

/** What the server's configuration holds beyond its defaults. */
export interface EngineOptions {
  /** Names that may own views, as definers. */
  users: string[];
  /** Clusters, each of this server alone. */
  clusters: string[];
}

/** How one query is run. */
export interface Execution {
  settings: [string, string][];
  /** Values of the query's parameters. */
  parameters: [string, string][];
  database: string | undefined;
  queryId: string;
  format: string;
}

/** The engine on one data folder, with its HTTP sessions. */
export class Engine {
  readonly clusters: string[];
  /** What runs, by query id. */
  private readonly running = new Map<string, string>();
  private readonly folder: string;
  private readonly arguments: string[];
  private readonly named = new Map<string, EngineSession>();
  private readonly idle: EngineSession[] = [];

  constructor(folder: string, { users, clusters }: EngineOptions) {
    this.clusters = clusters;
    this.folder = join(folder, "data");
    mkdirSync(this.folder, { recursive: true });
    const paths = { config: join(folder, "config.xml"), users: join(folder, "users.xml") };
    writeFileSync(paths.config, configuration(paths.users, clusters));
    writeFileSync(paths.users, userFile(users));
    this.arguments = [`--config-file=${paths.config}`];
    this.idle.push(this.open());
  }

  /** Runs a query of the front's own. */
  async ask(query: string, format = "TabSeparated"): Promise<string> {
    const how = { settings: [], parameters: [], database: undefined, queryId: "", format };
    return (await this.run(undefined, query, how)).text();
  }

  /** A KILL QUERY by ids, which the server gives queries but the embedded engine does not: here they are told by their texts. */
  killing(query: string): string {
    if (!/^\s*kill\s+query/i.test(query)) return query;
    const [ids, texts] = [[...this.running.keys()], [...this.running.values()]].map((all) =>
      all.map(literal).join(", "),
    );
    const id = this.running.size > 0 ? `transform(query, [${texts}], [${ids}], '')` : "''";
    return query.replace(/\bquery_id\b/g, () => id);
  }

  /** Runs a query in the HTTP session of that name; without one, nothing of its session stays. */
  async run(name: string | undefined, query: string, how: Execution): Promise<ChdbResult> {
    this.running.set(how.queryId, query);
    try {
      return await this.runIn(name, query, how);
    } finally {
      this.running.delete(how.queryId);
    }
  }

  private async runIn(name: string | undefined, query: string, how: Execution): Promise<ChdbResult> {
    if (name !== undefined) return this.sessionOf(name).run(query, how);
    const session = this.idle.pop() ?? this.open();
    try {
      return await session.run(query, how);
    } finally {
      session.forget();
      this.idle.push(session);
    }
  }

  private sessionOf(name: string): EngineSession {
    const session = this.named.get(name) ?? this.open();
    this.named.delete(name);
    this.named.set(name, session);
    for (const [other, kept] of this.named) {
      if (this.named.size <= MOST_SESSIONS) break;
      if (kept.isBusy || kept === session) continue;
      this.named.delete(other);
      kept.close();
    }
    return session;
  }

  private open(): EngineSession {
    return new EngineSession(new Session(this.folder, { connectionArgs: this.arguments }));
  }
}

/** So many HTTP sessions are kept; the server would end them by their timeout. */
const MOST_SESSIONS = 48;
const DEFAULT_DATABASE = "default";

class EngineSession {
  private readonly session: Session;
  /** What SET and USE said in this session. */
  private own = { settings: new Map<string, string>(), database: DEFAULT_DATABASE };
  /** What the engine's session has now. */
  private applied = { settings: new Map<string, string>(), database: DEFAULT_DATABASE };
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  constructor(session: Session) {
    this.session = session;
  }

  get isBusy(): boolean {
    return this.waiting > 0;
  }

  async run(query: string, how: Execution): Promise<ChdbResult> {
    this.waiting++;
    const work = this.last.then(() => this.runAlone(query, how)).finally(() => this.waiting--);
    this.last = work.catch(() => undefined);
    return work;
  }

  forget(): void {
    this.own = { settings: new Map(), database: DEFAULT_DATABASE };
  }

  close(): void {
    this.session.close();
  }

  private async runAlone(query: string, how: Execution): Promise<ChdbResult> {
    this.apply(how);
    for (const [name, value] of how.parameters) this.session.query(`set ${name} = ${literal(value)}`);
    const result = await this.session.queryAsync(query, { format: how.format });
    this.remember(withoutLeadingComments(query));
    return result;
  }

  /** The settings of a request hold for it alone. */
  private apply({ settings, database }: Execution): void {
    const wanted = new Map([...this.own.settings, ...settings]);
    const changes = [...wanted].filter(([name, value]) => this.applied.settings.get(name) !== value);
    const gone = [...this.applied.settings.keys()].filter((name) => !wanted.has(name));
    for (const name of gone) {
      this.session.query(`set ${name} = default`);
      this.applied.settings.delete(name);
    }
    for (const [name, value] of changes) {
      this.session.query(`set \`${name}\` = ${literal(value)}`);
      this.applied.settings.set(name, value);
    }
    const current = database ?? this.own.database;
    if (current !== this.applied.database) {
      this.session.query(`use ${identifier(current)}`);
      this.applied.database = current;
    }
  }

  private remember(statement: string): void {
    for (const [name, value] of settingsOf(statement) ?? []) {
      this.own.settings.set(name, value);
      this.applied.settings.set(name, value);
    }
    const database = databaseOf(statement);
    if (database !== undefined) this.own.database = this.applied.database = database;
  }
}

const PORT = 9000;

function configuration(userFile: string, clusters: string[]): string {
  const replica = `<replica><host>localhost</host><port>${PORT}</port></replica>`;
  const served = clusters.map((name) => `<${name}><shard>${replica}</shard></${name}>`).join("");
  return `<clickhouse>
  <user_directories><users_xml><path>${userFile}</path></users_xml></user_directories>
  <tcp_port>${PORT}</tcp_port>
  <timezone>UTC</timezone>
  <remote_servers>${served}</remote_servers>
  <macros><shard>1</shard><replica>1</replica><server_index>1</server_index></macros>
</clickhouse>\n`;
}

/** The engine runs every query as `default`; the others are there to be named. */
function userFile(users: string[]): string {
  const all = [...new Set(["default", ...users])].map(
    (name) => `<${name}><password></password><networks><ip>::/0</ip></networks>
    <profile>default</profile><quota>default</quota><access_management>1</access_management></${name}>`,
  );
  return `<clickhouse><profiles><default/></profiles><users>${all.join("")}</users><quotas><default/></quotas></clickhouse>\n`;
}
