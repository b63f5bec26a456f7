import { cleanup, render, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import App from "../App.svelte";
import { fake } from "../lib/backend/fake";
import { place } from "../lib/room.svelte";
import { text } from "../lib/text";

const user = userEvent.setup();

function open(choices: string) {
  const backend = fake(new URLSearchParams(choices));
  render(App, { backend });
  return backend;
}

beforeEach(() => place.go("passkeys"));
afterEach(cleanup);

test("the list shows each passkey's site and kind, and the summary counts", async () => {
  open("");
  const rows = await screen.findAllByTestId("passkey-row");
  expect(rows.map((row) => [row.dataset.rpId, row.dataset.kind])).toEqual([
    ["bank.example", "synced"],
    ["github.com", "device-bound"],
    ["localhost", "device-bound"],
    ["shop.example", "synced"],
  ]);
  expect(screen.getByTestId("passkey-summary").textContent?.trim()).toBe("4 passkeys · 1 not backed up");
});

test("arrow keys walk the list and show flags and counter", async () => {
  open("");
  const rows = await screen.findAllByTestId("passkey-row");
  rows[0]!.focus();
  await user.keyboard("{ArrowDown}");
  await waitFor(() => expect(document.activeElement).toBe(rows[1]));
  await screen.findByTestId("passkey-counter");
  expect(screen.getByTestId("passkey-counter").textContent).toBe("12");
  expect(screen.getByTestId("passkey-flags").textContent?.trim()).toBe("Cannot be copied, not backed up");
  await user.keyboard("{End}");
  await waitFor(() => expect(screen.getByTestId("passkey-counter").textContent).toBe("Not counted"));
  expect(screen.getByTestId("passkey-flags").textContent?.trim()).toBe("Can be copied, not backed up");
});

test("typing narrows the list", async () => {
  open("");
  await screen.findAllByTestId("passkey-row");
  await user.type(screen.getByTestId("passkey-search"), "zoe");
  await waitFor(() => expect(screen.getAllByTestId("passkey-row")).toHaveLength(1));
  expect(screen.getByTestId("passkey-summary").textContent?.trim()).toBe("1 of 4 passkeys");
  await user.type(screen.getByTestId("passkey-search"), "zoe");
  await user.click(await screen.findByRole("button", { name: text.passkeys.showAll }));
  await waitFor(() => expect(screen.getAllByTestId("passkey-row")).toHaveLength(4));
});

test("deleting asks first, with the harmless answer focused", async () => {
  const backend = open("");
  await user.click((await screen.findAllByTestId("passkey-row"))[1]!);
  await user.click(await screen.findByTestId("passkey-delete"));
  const keep = await screen.findByTestId("confirm-keep");
  await waitFor(() => expect(document.activeElement).toBe(keep));
  await user.keyboard("{Enter}");
  await waitFor(() => expect(screen.queryByTestId("confirm")).toBeNull());
  const query = { words: "", show: "all", offset: 0, limit: 10 } as const;
  expect((await backend.passkeyPage(query)).found).toBe(4);

  await user.click(screen.getByTestId("passkey-delete"));
  const destroy = await screen.findByTestId("confirm-destroy");
  expect(destroy.textContent?.trim()).toBe(text.details.delete);
  await user.click(destroy);
  await waitFor(() => expect(screen.getAllByTestId("passkey-row")).toHaveLength(3));
});

test("without passkeys the way to the first one is shown", async () => {
  open("passkeys=none");
  await user.click(await screen.findByRole("button", { name: text.passkeys.toVirtualKey }));
  expect(await screen.findByTestId("key-start-device-bound")).toBeTruthy();
});

test("every shipped profile is a key with its description", async () => {
  place.go("virtual-key");
  open("");
  const keys = await screen.findAllByRole("article");
  expect(keys).toHaveLength(8);
  const tiny = within(await screen.findByTestId("key-tiny"));
  expect(tiny.getByText("Two passkeys and the smallest limits that the specification allows.")).toBeTruthy();
});

test("a virtual key starts and stops", async () => {
  place.go("virtual-key");
  open("");
  await user.click(await screen.findByTestId("key-start-synced"));
  expect((await screen.findByTestId("key-synced")).dataset.running).toBe("true");
  await user.click(await screen.findByTestId("key-stop-synced"));
  expect(await screen.findByTestId("key-start-synced")).toBeTruthy();
});

test("a virtual key that does not start says why and what to do", async () => {
  place.go("virtual-key");
  open("keys=denied");
  await user.click(await screen.findByTestId("key-start-synced"));
  const alert = within(await screen.findByTestId("key-synced")).getByRole("alert");
  expect(alert.textContent).toContain("/dev/uhid");
  expect(alert.querySelector("code")?.textContent).toContain("sudo cp");
  expect(within(alert).getByText("Code: no-permission")).toBeTruthy();
});

test("the lab starts and shows its address", async () => {
  place.go("lab");
  open("");
  await user.click(await screen.findByTestId("lab-start"));
  expect((await screen.findByTestId("lab-url")).textContent).toMatch(/^http:\/\/localhost:\d+$/);
});

test("a vault is made only with the same passphrase twice", async () => {
  const backend = open("state=absent");
  const init = vi.spyOn(backend, "vaultInit");
  await user.type(await screen.findByTestId("vault-passphrase"), "correct horse");
  await user.type(screen.getByTestId("vault-passphrase-again"), "correct house");
  await user.click(screen.getByTestId("vault-create"));
  expect(screen.getByText(text.vault.noMatch)).toBeTruthy();
  expect(init).not.toHaveBeenCalled();
  await user.clear(screen.getByTestId("vault-passphrase-again"));
  await user.type(screen.getByTestId("vault-passphrase-again"), "correct horse{Enter}");
  await waitFor(() => expect(screen.getByTestId("vault-state").dataset.state).toBe("open"));
  expect(init).toHaveBeenCalledExactlyOnceWith("correct horse");
});

test("a locked vault opens by passphrase, and a wrong one is said and forgotten", async () => {
  open("state=locked");
  const field = (await screen.findByTestId("vault-passphrase")) as HTMLInputElement;
  await user.type(field, "wrong{Enter}");
  expect((await screen.findByRole("alert")).textContent).toContain("does not open this vault");
  expect(field.value).toBe("");
  await user.type(field, "correct horse");
  await user.click(screen.getByTestId("vault-unlock"));
  expect(await screen.findAllByTestId("passkey-row")).toHaveLength(4);
});

test.each([
  ["keyMissing", text.vault.keyMissingTitle],
  ["damaged", text.vault.damagedTitle],
  ["newer", text.vault.newerTitle],
] as const)("a vault that is %s says so and offers a next step", async (state, title) => {
  open(`state=${state}`);
  expect(await screen.findByRole("heading", { name: title })).toBeTruthy();
  expect(screen.getByTestId("vault-look-again")).toBeTruthy();
  expect(screen.getByTestId("vault-state").dataset.state).toBe(state);
});

test("what counts as proof is saved", async () => {
  place.go("settings");
  const backend = open("");
  await user.click(await screen.findByTestId("verification-vault-open"));
  await waitFor(async () => expect((await backend.settings()).verification).toBe("vault-open"));
});
