import { expect, test } from "vitest";
import { passkeys } from "../../lib/backend/fake-passkeys";
import { filterPasskeys, notBackedUp, type KindFilter } from "./filter";

test.each<[KindFilter, string, string[]]>([
  ["all", "", ["bank.example", "github.com", "localhost", "shop.example"]],
  ["device-bound", "", ["github.com", "localhost"]],
  ["synced", "", ["bank.example", "shop.example"]],
  ["all", "ada", ["bank.example", "github.com", "localhost"]],
  ["all", "  EXAMPLE.ORG  ", ["github.com"]],
  ["all", "bank lovelace", ["bank.example"]],
  ["device-bound", "zoë", []],
  ["all", "nothing of that name", []],
])("%s with “%s” shows %j", (kind, typed, sites) => {
  expect(filterPasskeys(passkeys, kind, typed).map((passkey) => passkey.rpId)).toEqual(sites);
});

test("only a passkey that can be copied and is not counts as not backed up", () => {
  expect(notBackedUp(passkeys)).toBe(1);
});
