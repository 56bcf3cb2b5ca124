import { writeFileAtomic } from "../artifacts/atomic.ts";

interface ParserTimes {
  parser: string;
  elapsed: number;
  parsed_path_count: number;
}

interface ProjectTimes {
  project_name: string;
  elapsed: number;
  parsers: ParserTimes[];
  parsed_path_count: number;
}

type Phase =
  | "read_files_elapsed"
  | "load_macros_elapsed"
  | "parse_project_elapsed"
  | "patch_sources_elapsed"
  | "process_manifest_elapsed"
  | "load_all_elapsed";

/** How long the phases of parsing took, and over how many files: what perf_info.json tells. Times are in seconds. */
export class ParseTimes {
  readonly info: {
    path_count: number;
    parsed_path_count: number;
    static_analysis_path_count: number;
    static_analysis_parsed_path_count: number;
    is_partial_parse_enabled: boolean;
    is_static_analysis_enabled: boolean;
  } & { [phase in Phase]: number | null } & { projects: ProjectTimes[] };
  private readonly began = performance.now();
  private lapBegan = this.began;

  constructor(flags: { partial_parse?: unknown; static_parser?: unknown }) {
    this.info = {
      path_count: 0,
      parsed_path_count: 0,
      static_analysis_path_count: 0,
      static_analysis_parsed_path_count: 0,
      is_partial_parse_enabled: flags.partial_parse !== false,
      is_static_analysis_enabled: flags.static_parser !== false,
      read_files_elapsed: null,
      load_macros_elapsed: null,
      parse_project_elapsed: null,
      patch_sources_elapsed: null,
      process_manifest_elapsed: null,
      load_all_elapsed: null,
      projects: [],
    };
  }

  /** A phase has ended, and the next one begins. */
  ended(phase: Phase): void {
    const now = performance.now();
    this.info[phase] = seconds(this.lapBegan, now);
    this.lapBegan = now;
  }

  /** All is done. */
  finish(): void {
    this.info.load_all_elapsed = seconds(this.began, performance.now());
  }

  /** Does one parser's work on the files of a project. */
  parser<T>(projectName: string, parser: string, files: readonly T[] | undefined, parse: (file: T) => void): void {
    if (!files || files.length === 0) return;
    const began = performance.now();
    for (const file of files) parse(file);
    const elapsed = seconds(began, performance.now());
    let project = this.info.projects.find((known) => known.project_name === projectName);
    if (!project) {
      project = { project_name: projectName, elapsed: 0, parsers: [], parsed_path_count: 0 };
      this.info.projects.push(project);
    }
    project.parsers.push({ parser, elapsed, parsed_path_count: files.length });
    project.elapsed += elapsed;
    project.parsed_path_count += files.length;
    this.info.parsed_path_count += files.length;
  }

  /** Writes perf_info.json. https://docs.getdbt.com/reference/artifacts/other-artifacts */
  write(path: string): void {
    writeFileAtomic(path, JSON.stringify(this.info, null, 4));
  }
}

function seconds(from: number, to: number): number {
  return (to - from) / 1000;
}
