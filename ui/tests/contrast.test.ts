import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const css = readFileSync("src/lib/tokens.css", "utf8");
const light = tokens(css.slice(0, css.indexOf("@media")));
const themes = {
  light,
  dark: new Map([...light, ...tokens(css.slice(css.indexOf("prefers-color-scheme: dark")))]),
};

const grounds = ["ground", "surface", "raised", "hover", "chosen"];
const soft = ["slate-soft", "amber-soft", "green-soft", "red-soft"];
const TEXT: [string, string[]][] = [
  ["text", [...grounds, ...soft]],
  ["muted", [...grounds, "red-soft"]],
  ["accent", ["ground", "surface", "raised", "hover"]],
  ["danger", ["ground", "surface", "raised", "red-soft"]],
  ["green", ["surface"]],
  ["red", ["surface"]],
  ["slate", ["slate-soft"]],
  ["amber", ["amber-soft"]],
  ["green", ["green-soft"]],
  ["red", ["red-soft"]],
  ["on-accent", ["accent", "accent-hover"]],
  ["on-danger", ["danger", "danger-hover"]],
];
const SIGNS: [string, string[]][] = [
  ...["slate", "amber", "green", "red"].map((sign): [string, string[]] => [sign, grounds]),
  ["control-line", ["ground", "surface", "raised"]],
  ["focus", grounds],
];

describe.each(Object.entries(themes))("the %s theme", (_, theme) => {
  test.each(pairs(TEXT))("%s can be read on %s", (front, back) => {
    expect(contrast(colour(theme, front), colour(theme, back))).toBeGreaterThanOrEqual(4.5);
  });

  test.each(pairs(SIGNS))("%s can be seen on %s", (front, back) => {
    expect(contrast(colour(theme, front), colour(theme, back))).toBeGreaterThanOrEqual(3);
  });
});

test("black on white has the contrast that WCAG 2.2 gives it", () => {
  expect(contrast("#000000", "#ffffff")).toBeCloseTo(21);
  expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.48, 2);
});

function tokens(block: string): Map<string, string> {
  return new Map([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map((match) => [match[1]!, match[2]!]));
}

function colour(theme: Map<string, string>, name: string): string {
  const value = theme.get(name);
  if (value === undefined) {
    throw new Error(`no token --${name}`);
  }
  return value;
}

function pairs(list: [string, string[]][]): [string, string][] {
  return list.flatMap(([front, backs]) => backs.map((back): [string, string] => [front, back]));
}

/** WCAG 2.2, "contrast ratio". */
function contrast(a: string, b: string): number {
  const [dark, bright] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (bright + 0.05) / (dark + 0.05);
}

function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
