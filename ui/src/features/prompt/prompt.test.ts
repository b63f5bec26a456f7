import { cleanup, render, screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import App from "../../App.svelte";
import { fake } from "../../lib/backend/fake";
import { samplePrompt } from "../../lib/backend/fake-prompts";
import { saidSeconds } from "./countdown.svelte";

const user = userEvent.setup({ advanceTimers: (ms) => vi.advanceTimersByTime(ms) });

beforeEach(() => void vi.useFakeTimers({ shouldAdvanceTime: true }));
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

async function ask(name: string) {
  const backend = fake(new URLSearchParams({ prompt: name }));
  const answers = vi.spyOn(backend, "promptAnswer");
  render(App, { backend });
  const sheet = await screen.findByTestId("prompt");
  return { sheet, answers };
}

const approve = () => screen.getByTestId<HTMLButtonElement>("prompt-approve");
const arm = () => vi.advanceTimersByTimeAsync(400);

test("it is a modal dialog, named by its site, and focus starts on the sheet", async () => {
  const { sheet } = await ask("synced");
  expect(sheet.getAttribute("role")).toBe("alertdialog");
  expect(sheet.getAttribute("aria-modal")).toBe("true");
  expect(screen.getByTestId("prompt-site").textContent).toBe("login.accounts.bank.example");
  expect(screen.getByTestId("prompt-site").querySelector(".registrable")?.textContent).toBe("bank.example");
  await waitFor(() => expect(document.activeElement).toBe(sheet));
});

test("approve arms after 400 ms, and not before", async () => {
  vi.useFakeTimers();
  const backend = fake(new URLSearchParams());
  vi.spyOn(backend, "promptCurrent").mockResolvedValue(samplePrompt("synced", 1));
  const answers = vi.spyOn(backend, "promptAnswer").mockResolvedValue();
  render(App, { backend });
  await vi.advanceTimersByTimeAsync(0);
  await vi.advanceTimersByTimeAsync(399);
  expect(approve().disabled).toBe(true);
  approve().click();
  expect(answers).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(approve().disabled).toBe(false);
  approve().click();
  expect(answers).toHaveBeenCalledExactlyOnceWith(1, { approve: true, account: 0, secret: null });
});

test("enter approves only where the focus was moved to approve", async () => {
  const { answers } = await ask("accounts");
  await arm();
  await user.keyboard("{Enter}");
  screen.getAllByRole("radio")[1]!.focus();
  await user.keyboard("{Enter}");
  expect(answers).not.toHaveBeenCalled();
  await user.click(screen.getAllByTestId("prompt-account")[1]!);
  approve().focus();
  await user.keyboard("{Enter}");
  expect(answers).toHaveBeenCalledExactlyOnceWith(1, { approve: true, account: 1, secret: null });
});

test("escape declines, even before approve is armed", async () => {
  const { answers } = await ask("register");
  await user.keyboard("{Escape}");
  expect(answers).toHaveBeenCalledExactlyOnceWith(1, { approve: false, account: 0, secret: null });
  await waitFor(() => expect(screen.queryByTestId("prompt")).toBeNull());
  expect(screen.queryByTestId("toast")).toBeNull();
});

test("a secret is asked for, its field has the focus, and enter in it submits", async () => {
  const { answers } = await ask("authenticate");
  const field = screen.getByLabelText<HTMLInputElement>("PIN of this key");
  expect(field).toBe(screen.getByTestId("prompt-secret"));
  await waitFor(() => expect(document.activeElement).toBe(field));
  await arm();
  expect(answers).not.toHaveBeenCalled();
  await user.type(field, "1234{Enter}");
  expect(answers).toHaveBeenLastCalledWith(1, { approve: true, account: 0, secret: "1234" });
  await waitFor(() => expect(screen.queryByTestId("prompt")).toBeNull());
});

test("a wrong secret is said with the tries that are left, and forgotten", async () => {
  await ask("authenticate");
  await arm();
  const field = screen.getByTestId<HTMLInputElement>("prompt-secret");
  await user.type(field, "9999{Enter}");
  await waitFor(() =>
    expect(screen.getByTestId("prompt-problem").textContent).toBe(
      "That PIN is wrong. Try again. 2 tries left.",
    ),
  );
  expect(field.value).toBe("");
  expect(screen.getByTestId("prompt-problem").getAttribute("aria-live")).toBe("assertive");
});

test("approving without the secret asks for it instead", async () => {
  const { answers } = await ask("register");
  await arm();
  await user.click(approve());
  expect(answers).not.toHaveBeenCalled();
  expect(screen.getByTestId("prompt-problem").textContent).toBe("Type the vault passphrase first.");
  expect(document.activeElement).toBe(screen.getByTestId("prompt-secret"));
});

test("the time runs down, and at its end the sheet goes and says why", async () => {
  await ask("synced");
  const bar = screen.getByTestId("prompt-time").firstElementChild as HTMLElement;
  await vi.advanceTimersByTimeAsync(15_000);
  const share = Number(/scaleX\((.+)\)/.exec(bar.style.transform)?.[1]);
  expect(share).toBeGreaterThan(0.4);
  expect(share).toBeLessThan(0.55);
  await vi.advanceTimersByTimeAsync(16_000);
  await waitFor(() => expect(screen.queryByTestId("prompt")).toBeNull());
  expect(screen.getByTestId("toast").textContent).toContain("login.accounts.bank.example");
});

test("a screen reader hears the time at 30 and 10 seconds, not all the time", () => {
  expect(saidSeconds(29_000, 30_000)).toBeUndefined();
  expect(saidSeconds(31_000, 60_000)).toBeUndefined();
  expect(saidSeconds(30_000, 60_000)).toBe(30);
  expect(saidSeconds(12_000, 60_000)).toBe(30);
  expect(saidSeconds(9_000, 60_000)).toBe(10);
});

test("erasing says so on its button", async () => {
  await ask("reset");
  expect(approve().textContent?.trim()).toBe("Erase every passkey");
});

test("a touch of the sensor names the finger and how it is read", async () => {
  const { answers } = await ask("fingerprint");
  await arm();
  await user.selectOptions(screen.getByLabelText("Finger on the sensor"), "Left thumb");
  await user.selectOptions(screen.getByLabelText("How the sensor reads it"), "Too fast");
  await user.click(approve());
  expect(answers).toHaveBeenCalledExactlyOnceWith(1, {
    approve: true,
    account: 0,
    secret: null,
    finger: "left-thumb",
    quality: "too-fast",
  });
});
