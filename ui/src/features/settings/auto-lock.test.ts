import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/svelte";
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

beforeEach(() => place.go("settings"));
afterEach(cleanup);

test("when the vault locks, and how it opens again, is chosen and kept", async () => {
  const backend = open("");
  const idle = await screen.findByTestId<HTMLSelectElement>("auto-lock-idle");
  expect(idle.value).toBe("15");
  await fireEvent.change(idle, { target: { value: "240" } });
  await user.click(screen.getByTestId("auto-lock-sleep"));
  await fireEvent.change(screen.getByTestId("auto-lock-reopen"), { target: { value: "screen" } });
  await waitFor(async () =>
    expect((await backend.settings()).autoLock).toEqual({
      idleMinutes: 240,
      screen: true,
      sleep: false,
      reopen: "screen",
    }),
  );
  expect((await backend.settings()).verification).toBe("passphrase");
});

test("a session that tells nothing is said to", async () => {
  open("session=silent");
  expect((await screen.findByTestId("auto-lock-trouble")).textContent).toContain("logind");
});

test("a locked vault says why, and that its keys come back", async () => {
  const backend = open("state=locked&locked=idle");
  place.go("passkeys");
  expect((await screen.findByTestId("lock-reason")).textContent).toBe(text.vault.lockedBy.idle);
  await backend.vaultUnlock(null);
  await backend.virtualKeyStart("synced");
  await backend.vaultLock();
  expect((await screen.findByTestId("lock-reason")).textContent).toBe(text.vault.lockedBy.owner);
  expect((await screen.findByTestId("keys-away")).textContent).toBe(text.vault.keysAway(1));
  await backend.vaultUnlock(null);
  expect((await backend.virtualKeyStatus()).filter((key) => key.running).map((key) => key.profile)).toEqual([
    "synced",
  ]);
});

test("the vault's room says who may read the memory", async () => {
  open("memory=open");
  place.go("vault");
  expect((await screen.findByTestId("vault-memory")).dataset.closed).toBe("false");
  expect(screen.getByTestId("vault-swap").textContent).toContain("Cannot allocate memory");
});

test("what the person does is told, and not each movement of it", async () => {
  const backend = open("");
  const used = vi.spyOn(backend, "vaultUsed");
  await screen.findByTestId("auto-lock-idle");
  for (let moved = 0; moved < 20; moved += 1) {
    await fireEvent.pointerMove(window);
  }
  expect(used).toHaveBeenCalledTimes(1);
});
