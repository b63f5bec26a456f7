import { expect, test } from "vitest";
import { manyPasskeys, passkeys } from "./fake-passkeys";
import { pageOf } from "./fake-page";
import type { Show } from "./index";

test.each<[Show, string, string[]]>([
  ["all", "", ["bank.example", "github.com", "localhost", "shop.example"]],
  ["device-bound", "", ["github.com", "localhost"]],
  ["synced", "", ["bank.example", "shop.example"]],
  ["all", "ada", ["bank.example", "github.com", "localhost"]],
  ["all", "  EXAMPLE.ORG  ", ["github.com"]],
  ["all", "bank lovelace", ["bank.example"]],
  ["device-bound", "zoë", []],
  ["all", "nothing of that name", []],
  ["hidden", "", ["localhost"]],
  ["put-aside", "", ["forum.example", "github.com"]],
])("%s with “%s” shows %j", (show, words, sites) => {
  const page = pageOf(passkeys, { show, words, offset: 0, limit: 100 });
  expect(page.passkeys.map((passkey) => passkey.rpId)).toEqual(sites);
  expect([page.all, page.notBackedUp, page.hidden, page.putAside]).toEqual([4, 1, 1, 2]);
});

test("a page is a part of what is found", () => {
  const page = pageOf(manyPasskeys(250), { show: "all", words: "bank", offset: 80, limit: 100 });
  expect([page.found, page.passkeys.length]).toEqual([83, 3]);
});
