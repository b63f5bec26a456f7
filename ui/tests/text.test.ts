import { readdirSync, readFileSync } from "node:fs";
import { parse } from "svelte/compiler";
import { expect, test } from "vitest";
import { text } from "../src/lib/text";

const components = filesUnder("src", ".svelte");
/** Attributes that a person reads or hears. */
const SPOKEN = ["title", "alt", "placeholder", "label", "aria-label", "aria-description", "what"];

test("there are components to look at", () => {
  expect(components.length).toBeGreaterThan(20);
});

test.each(components)("%s holds no words of its own", (path) => {
  const found: string[] = [];
  visit(parse(readFileSync(path, "utf8"), { modern: true }).fragment, found);
  expect(found).toEqual([]);
});

test("no string is missing, and none shouts", () => {
  const strings = [...leaves(text)];
  expect(strings.length).toBeGreaterThan(100);
  for (const [path, value] of strings) {
    expect(value.trim(), path).not.toBe("");
    expect(value, path).not.toMatch(/!|\p{Extended_Pictographic}/u);
  }
});

function* leaves(value: unknown, path = "text"): Generator<[string, string]> {
  if (typeof value === "string") {
    yield [path, value];
  } else if (typeof value === "object" && value !== null) {
    for (const [key, member] of Object.entries(value)) {
      yield* leaves(member, `${path}.${key}`);
    }
  } else {
    expect(typeof value, path).toBe("function");
  }
}

function visit(node: unknown, found: string[]): void {
  if (Array.isArray(node)) {
    node.forEach((child) => visit(child, found));
  } else if (typeof node === "object" && node !== null) {
    const { type, data, name, value } = node as Record<string, unknown>;
    if (type === "Text" && typeof data === "string" && /\p{L}/u.test(data)) {
      found.push(data.trim());
    }
    if (type === "Attribute" || type === "StyleDirective") {
      if (SPOKEN.includes(String(name))) {
        visit(value, found);
      }
      return;
    }
    Object.values(node).forEach((child) => visit(child, found));
  }
}

function filesUnder(folder: string, ending: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(ending))
    .map((path) => `${folder}/${path}`);
}
