import { describe, expect, it } from "vitest";
import { dotenvOf } from "../../../core/config/dotenv.ts";

const values = (text: string, env: { [name: string]: string } = {}) => dotenvOf(text, env).values;

describe("a .env file", () => {
  it("takes names and values as python-dotenv does", () => {
    expect(
      values(
        [
          "# a comment",
          "PLAIN = some words # a remark",
          "export EXPORTED=1",
          "HASH=#kept",
          "EMPTY= # none",
          "'QUOTED NAME'=x",
          `SINGLE='it\\'s \\n' # remark`,
          `DOUBLE="two\\nlines \\"here\\""`,
          `MANY="first`,
          `second"`,
          "NOTHING",
          "URL=http://a/#b",
          "",
        ].join("\r\n"),
      ),
    ).toEqual({
      PLAIN: "some words",
      EXPORTED: "1",
      HASH: "#kept",
      EMPTY: "",
      "QUOTED NAME": "x",
      SINGLE: "it's \\n",
      DOUBLE: 'two\nlines "here"',
      MANY: "first\r\nsecond",
      URL: "http://a/#b",
    });
  });

  it("puts in other variables, those of the environment first", () => {
    const text = "A=file\nB=$[A]/$[C:-other]/$[D]/$[E:-]x\nC=late\nF='$[A]'".replace(/\[(.*?)\]/g, "{$1}");
    expect(values(text)).toEqual({ A: "file", B: "file/other//x", C: "late", F: "file" });
    expect(values(text, { A: "shell" })).toEqual({ B: "shell/other//x", C: "late", F: "shell" });
  });

  it("leaves out lines that say nothing, and says which", () => {
    expect(dotenvOf('=x\nA=1\nB=\'open\n\nC=2 \nD="a" b\nE=3', {})).toEqual({
      values: { A: "1", C: "2", E: "3" },
      unreadable: [1, 3, 6],
    });
  });
});
