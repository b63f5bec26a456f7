import { expect, test } from "vitest";
import { domainParts } from "./domain";
import { ago, clipped, groupsOfFour } from "./format";
import { signOf } from "./kind";

test.each([
  [false, false, "device-bound"],
  [true, false, "not-backed-up"],
  [true, true, "synced"],
  [false, true, "impossible"],
] as const)("BE %s and BS %s show the sign %s", (backupEligible, backupState, sign) => {
  expect(signOf({ backupEligible, backupState })).toBe(sign);
});

test.each([
  ["2026-11-21T11:59:30Z", "just now"],
  ["2026-11-21T11:58:00Z", "2m ago"],
  ["2026-11-21T10:00:00Z", "2h ago"],
  ["2026-11-18T12:00:00Z", "3d ago"],
  ["2024-11-01T12:00:00Z", "2y ago"],
  ["never", ""],
])("%s is %s", (time, words) => {
  expect(ago(time, Date.parse("2026-11-21T12:00:00Z"))).toBe(words);
});

test("ids stand in groups of four and lose nothing", () => {
  expect(groupsOfFour("q3bOY1kfvbF")).toEqual(["q3bO", "Y1kf", "vbF"]);
  expect(groupsOfFour("")).toEqual([]);
});

test("a name that is too long or turns its reader around is made harmless", () => {
  expect(clipped("x".repeat(10_000), 120)).toHaveLength(121);
  expect(clipped("\u202Egro.elpmaxe\u0000")).toBe("\uFFFDgro.elpmaxe\uFFFD");
  expect(clipped("Zoë 🔑")).toBe("Zoë 🔑");
});

test.each([
  ["login.bank.example", "bank.example", "login.", "bank.example"],
  ["bank.example", "bank.example", "", "bank.example"],
  ["localhost", null, "", "localhost"],
  ["evilbank.example", "bank.example", "", "evilbank.example"],
])("%s is registered as %s", (rpId, registrable, subdomain, rest) => {
  expect(domainParts(rpId, registrable)).toEqual({ subdomain, registrable: rest });
});
