import { cleanup, render, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import App from "../../App.svelte";
import { fake } from "../../lib/backend/fake";
import { place } from "../../lib/room.svelte";
import { text } from "../../lib/text";

const user = userEvent.setup();

function open(choices: string) {
  const backend = fake(new URLSearchParams(choices));
  render(App, { backend });
  return backend;
}

const kinds = async () => (await screen.findAllByTestId("slot")).map((slot) => slot.dataset.kind);

beforeEach(() => place.go("vault"));
afterEach(cleanup);

test("every way in is shown, and which one opened the vault", async () => {
  open("");
  expect(await kinds()).toEqual(["passphrase", "keyring", "security-key", "recovery"]);
  const opened = screen.getAllByTestId("slot").filter((slot) => slot.dataset.openedIt === "true");
  expect(opened.map((slot) => slot.dataset.kind)).toEqual(["keyring"]);
  expect(screen.getByTestId("vault-swap").dataset.locked).toBe("true");
  expect(screen.getByTestId("vault-age").dataset.state).toBe("newest");
});

test("removing says what it means, and the last way in stays", async () => {
  open("");
  await screen.findAllByTestId("slot");
  for (const kind of ["security-key", "recovery"] as const) {
    const row = screen.getAllByTestId("slot").find((slot) => slot.dataset.kind === kind)!;
    await user.click(within(row).getByTestId("slot-remove"));
    const destroy = await screen.findByTestId("confirm-destroy");
    expect(destroy.textContent?.trim()).toBe(text.slots.removeDo[kind]);
    await user.click(destroy);
    await waitFor(async () => expect(await kinds()).not.toContain(kind));
  }
  const passphrase = screen.getAllByTestId("slot")[0]!;
  expect(within(passphrase).queryByTestId("slot-remove")).toBeNull();
  expect(within(passphrase).getByText(text.slots.last)).toBeTruthy();
});

test("a recovery key is shown once, and hidden only when it was kept", async () => {
  open("");
  const print = vi.spyOn(window, "print").mockImplementation(() => {});
  await user.click(await screen.findByTestId("slot-add-recovery"));
  await user.type(screen.getByTestId("slot-new-label"), "With Zoe");
  await user.click(screen.getByTestId("slot-add"));
  const shown = await screen.findByTestId("recovery-key");
  expect(shown.textContent).toMatch(/^AGE-SECR/);
  await user.click(screen.getByTestId("recovery-print"));
  expect(print).toHaveBeenCalledOnce();
  expect((screen.getByTestId("recovery-close") as HTMLButtonElement).disabled).toBe(true);
  await user.click(screen.getByTestId("recovery-kept"));
  await user.click(screen.getByTestId("recovery-close"));
  expect(screen.queryByTestId("recovery-key")).toBeNull();
  expect(screen.getByText("With Zoe")).toBeTruthy();
});

test("a security key that wants its PIN is asked again with it", async () => {
  const backend = open("key=pin");
  const ask = vi.spyOn(backend, "slotAddSecurityKey");
  await user.click(await screen.findByTestId("slot-add-security-key"));
  await user.type(screen.getByTestId("slot-new-label"), "Green");
  await user.click(screen.getByTestId("key-ask"));
  const pin = (await screen.findByTestId("key-pin")) as HTMLInputElement;
  await waitFor(() => expect(document.activeElement).toBe(pin));
  await user.type(pin, "9999{Enter}");
  expect((await screen.findByRole("alert")).textContent).toContain("7 tries");
  expect(pin.value).toBe("");
  await user.type(pin, "1234{Enter}");
  expect(await screen.findByText("Green")).toBeTruthy();
  expect(ask.mock.calls).toEqual([
    ["Green", null],
    ["Green", "9999"],
    ["Green", "1234"],
  ]);
});

test("waiting for a touch is said and can be taken back", async () => {
  const backend = fake(new URLSearchParams("state=locked"));
  let cancelled = false;
  backend.vaultUnlockSecurityKey = () => new Promise(() => {});
  backend.securityKeyCancel = async () => void (cancelled = true);
  render(App, { backend });
  await user.click(await screen.findByTestId("unlock-security-key"));
  await user.click(screen.getByTestId("key-ask"));
  expect((await screen.findByTestId("key-touch")).textContent?.trim()).toBe(text.slots.touch);
  await user.click(screen.getByTestId("key-cancel"));
  expect(cancelled).toBe(true);
});

test("a locked vault opens by a security key and by a recovery key", async () => {
  open("state=locked");
  await user.click(await screen.findByTestId("unlock-security-key"));
  await user.click(screen.getByTestId("key-ask"));
  expect((await screen.findByTestId("vault-opened-by")).textContent).toContain("Blue 5C");
  await user.click(screen.getByTestId("vault-lock"));
  await user.click(await screen.findByTestId("unlock-recovery"));
  await user.type(screen.getByTestId("recovery-typed"), "wrong{Enter}");
  expect((await screen.findByRole("alert")).textContent).toContain("does not open");
  await user.clear(screen.getByTestId("recovery-typed"));
  const key = "age-secret-key-1gfpyysjzgfpyysjzgfpyysjzgfpyysjzgfpyysjzgfpyysjzgfpq4egaex";
  await user.type(screen.getByTestId("recovery-typed"), `${key}{Enter}`);
  expect((await screen.findByTestId("vault-opened-by")).textContent).toContain("In the safe");
});

test("an older copy raises the alarm until its owner goes on with it", async () => {
  open("older=3");
  const alarm = await screen.findByTestId("older-copy");
  expect(alarm.getAttribute("role")).toBe("alert");
  expect(alarm.textContent).toContain("3 changes are missing");
  await user.click(screen.getByTestId("older-accept"));
  await user.click(await screen.findByTestId("confirm-destroy"));
  await waitFor(() => expect(screen.queryByTestId("older-copy")).toBeNull());
});
