import { describe, expect, test } from "vitest";
import { findAll, split, substitute } from "../../../core/python/re/functions.ts";
import { asSubject, compile } from "../../../core/python/re/pattern.ts";
import { render } from "./support.ts";

const search = (pattern: string, text: string): string | null | undefined => {
  const subject = asSubject(text);
  return compile(pattern).searchFrom(subject, 0, subject.codes.length, false)?.groupText(0);
};

describe("patterns", () => {
  test.each([
    ["a{2,3}", "aaaa", "aaa"],
    ["a{,2}b", "aab", "aab"],
    ["(?P<q>['\"]).*?(?P=q)", "x 'a\"b' y", "'a\"b'"],
    ["(?i:A)b", "aB ab", "ab"],
    ["(?<=\\$)\\d+", "US$42", "42"],
    ["(?<!a)b", "abcb", "b"],
    ["(a)?(?(1)b|c)", "c", "c"],
    ["(?>a*)ab", "aaab", undefined],
    ["a++b", "aaab", "aaab"],
    ["^b$", "a\nb", undefined],
    ["(?m)^b$", "a\nb", "b"],
    ["a.c", "a\nc", undefined],
    ["(?s)a.c", "a\nc", "a\nc"],
    ["\\bfoo\\b", "a foo.", "foo"],
    ["[\\w-]+", "é-1 x", "é-1"],
    ["(?x) a  b # c", "ab", "ab"],
    ["(?:a|b)*c", `${"ab".repeat(20000)}c`, `${"ab".repeat(20000)}c`],
    [".\\Z", "a😀", "😀"],
  ])("%s in %s", (pattern, text, expected) => {
    expect(search(pattern, text)).toBe(expected);
  });

  test.each([
    ["(", "missing ), unterminated subpattern at position 0"],
    ["a)", "unbalanced parenthesis at position 1"],
    ["[a", "unterminated character set at position 0"],
    ["*", "nothing to repeat at position 0"],
    ["a**", "multiple repeat at position 2"],
    ["[b-a]", "bad character range b-a at position 1"],
    ["\\q", "bad escape \\q at position 0"],
    ["(?P<1>a)", "bad character in group name '1' at position 4"],
    ["(?P=x)", "unknown group name 'x' at position 4"],
    ["(?<=a+)b", "look-behind requires fixed-width pattern"],
    ["\\1", "invalid group reference 1 at position 1"],
    ["x(?i)", "global flags not at the start of the expression at position 1"],
    ["a\n(", "missing ), unterminated subpattern at position 2 (line 2, column 1)"],
  ])("%s is refused", (pattern, message) => {
    expect(() => compile(pattern)).toThrow(message);
  });
});

describe("functions", () => {
  test("empty matches count where Python counts them", () => {
    expect(findAll(compile("a|"), "ba")).toEqual(["", "a", ""]);
    expect(split(compile("x*"), "axb", 0)).toEqual(["", "a", "", "b", ""]);
    expect(substitute(compile("x*"), "-", "abxd", 0)).toEqual(["-a-b--d-", 5]);
  });

  test.each([
    ["modules.re.sub('(?P<x>a)', '[\\\\g<x>]', 'bab')", "b[a]b"],
    ["modules.re.search('(?P<y>\\\\d+)', 'in 2026').groupdict()", "{'y': '2026'}"],
    ["modules.re.match('(a)(b)?', 'a').groups()", "('a', None)"],
    ["[modules.re.match('a', 'abc')]", "[<re.Match object; span=(0, 1), match='a'>]"],
    ["modules.re.escape('a.b-c d')", "a\\.b\\-c\\ d"],
    ["modules.re.sub('a', modules.re.escape, 'a')", undefined],
  ])("%s", (expression, expected) => {
    if (expected === undefined) expect(() => render(expression)).toThrow("re.Match");
    else expect(render(expression)).toBe(expected);
  });
});
