/** The rows of a short CSV text by the names in its first row, as Python's `csv.DictReader` has them: all text. */
export function csvRows(text: string): { [column: string]: string | null }[] {
  const records = csvRecords(text).filter((record) => record.length > 0);
  const [names, ...rows] = records;
  if (!names) return [];
  return rows.map((row) => {
    const out: { [column: string]: string | null } = {};
    names.forEach((name, i) => {
      out[name] = row[i] ?? null;
    });
    return out;
  });
}

function csvRecords(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  let field = "";
  let quoted = false;
  let started = false;
  const endRecord = () => {
    if (started || field !== "" || record.length > 0) record.push(field);
    records.push(record);
    record = [];
    field = "";
    started = false;
  };
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!;
    if (quoted) {
      if (char !== '"') field += char;
      else if (text[i + 1] === '"') {
        field += '"';
        i++;
      } else quoted = false;
    } else if (char === '"' && field === "") {
      quoted = true;
      started = true;
    } else if (char === ",") {
      record.push(field);
      field = "";
      started = true;
    } else if (char === "\n" || char === "\r") {
      if (char === "\r" && text[i + 1] === "\n") i++;
      endRecord();
    } else field += char;
  }
  if (field !== "" || started || record.length > 0) endRecord();
  return records;
}
