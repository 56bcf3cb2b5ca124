/** The parts of daff that are used; it comes without types. https://github.com/paulfitz/daff */
declare module "daff" {
  class TableView {
    constructor(rows: unknown[][]);
  }
  class CompareFlags {
    ordered: boolean;
  }
  interface Alignment {
    readonly aligned: true;
  }
  class TableDiff {
    constructor(alignment: Alignment, flags: CompareFlags);
    hilite(output: TableView): boolean;
    hasDifference(): boolean;
  }
  class TerminalDiffRender {
    render(table: TableView): string;
  }
  function compareTables(
    a: TableView | undefined,
    b: TableView | undefined,
    flags: CompareFlags,
  ): { align(): Alignment };
}
