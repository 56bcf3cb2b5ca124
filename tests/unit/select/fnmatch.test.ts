import { expect, test } from "vitest";
import { fnmatch } from "../../../core/select/fnmatch.ts";

// What Python 3.11's fnmatch.fnmatch answers on Linux.
const cases: [text: string, pattern: string, matches: boolean][] = [
  ["abc", "*", true],
  ["", "*", true],
  ["abc", "a*c", true],
  ["abc", "a?c", true],
  ["abc", "a?", false],
  ["Abc", "abc", false],
  ["a/b", "a*b", true],
  ["a\nb", "a*b", true],
  ["a.b", "a.b", true],
  ["axb", "a.b", false],
  ["b", "[abc]", true],
  ["d", "[!abc]", true],
  ["b", "[!abc]", false],
  ["b", "[a-c]", true],
  ["d", "[a-c]", false],
  ["]", "[]]", true],
  ["x", "[!]]", true],
  ["]", "[!]]", false],
  ["[", "[", true],
  ["a[b", "a[b", true],
  ["-", "[a-]", true],
  ["b", "[c-a]", false],
  ["b", "[!c-a]", true],
  ["^", "[^]", true],
  ["a", "[^a]", true],
  ["^", "[^a]", true],
  ["b", "[^a]", false],
  ["\\", "[\\]", true],
  ["a", "**a**", true],
  ["é", "?", true],
  ["𝒳", "?", true],
  ["a(b", "a(b", true],
  ["a(b", "a(*", true],
];

for (const [text, pattern, matches] of cases) {
  test(`${JSON.stringify(text)} ${matches ? "matches" : "does not match"} ${pattern}`, () => {
    expect(fnmatch(text, pattern)).toBe(matches);
  });
}
