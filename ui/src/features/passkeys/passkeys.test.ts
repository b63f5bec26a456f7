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

const sites = () => screen.queryAllByTestId("passkey-row").map((row) => row.dataset.rpId);

async function choose(site: string) {
  const rows = await screen.findAllByTestId("passkey-row");
  await user.click(rows.find((row) => row.dataset.rpId === site)!);
  return within(await screen.findByTestId("passkey-details"));
}

beforeEach(() => place.go("passkeys"));
afterEach(cleanup);

test("of a hundred thousand passkeys only those in view are made, and the last can be reached", async () => {
  const backend = open("passkeys=huge");
  const ask = vi.spyOn(backend, "passkeyPage");
  const rows = await screen.findAllByTestId("passkey-row");
  expect(rows.length).toBeLessThan(40);
  expect(rows[0]!.getAttribute("aria-setsize")).toBe("100000");
  rows[0]!.focus();
  await user.keyboard("{End}");
  await waitFor(() =>
    expect(
      (document.activeElement as HTMLElement).ariaPosInSet ??
        document.activeElement?.getAttribute("aria-posinset"),
    ).toBe("100000"),
  );
  expect(ask.mock.calls.every(([query]) => query.limit === 100)).toBe(true);
  expect(screen.getAllByTestId("passkey-row").length).toBeLessThan(40);
});

test("a deleted passkey is in the trash with its days, and comes back", async () => {
  open("");
  const details = await choose("bank.example");
  await user.click(details.getByTestId("passkey-delete"));
  await user.click(await screen.findByTestId("confirm-destroy"));
  await waitFor(() => expect(sites()).toEqual(["github.com", "localhost", "shop.example"]));

  await user.click(screen.getByTestId("filter-put-aside"));
  await waitFor(() => expect(sites()).toEqual(["bank.example", "forum.example", "github.com"]));
  expect(screen.getAllByTestId("passkey-row")[0]!.textContent).toContain("30 days left");
  expect(screen.getAllByTestId("passkey-row")[1]!.textContent).toContain("27 days left");
  const aside = await choose("bank.example");
  expect(aside.getByTestId("passkey-standing").dataset.standing).toBe("deleted");
  await user.click(aside.getByTestId("passkey-restore"));
  await waitFor(() => expect(sites()).toEqual(["forum.example", "github.com"]));
});

test("destroying for good and emptying the trash ask first", async () => {
  const backend = open("");
  const purge = vi.spyOn(backend, "passkeyPurge");
  await screen.findAllByTestId("passkey-row");
  await user.click(screen.getByTestId("filter-put-aside"));
  await waitFor(() => expect(sites()).toEqual(["forum.example", "github.com"]));
  const details = await choose("forum.example");
  await user.click(details.getByTestId("passkey-purge"));
  expect(purge).not.toHaveBeenCalled();
  const destroy = await screen.findByTestId("confirm-destroy");
  expect(destroy.textContent?.trim()).toBe(text.standing.purge);
  await user.click(destroy);
  await waitFor(() => expect(sites()).toEqual(["github.com"]));
  await user.click(screen.getByTestId("trash-empty"));
  await user.click(await screen.findByTestId("confirm-destroy"));
  await waitFor(() => expect(screen.queryByTestId("confirm")).toBeNull());
  expect(sites(), "what was replaced stays").toEqual(["github.com"]);
});

test("a replaced passkey trades places only when that is said", async () => {
  open("");
  await screen.findAllByTestId("passkey-row");
  await user.click(screen.getByTestId("filter-put-aside"));
  await waitFor(() => expect(sites()).toContain("github.com"));
  const details = await choose("github.com");
  await user.click(details.getByTestId("passkey-restore"));
  expect((await details.findByRole("alert")).textContent).toContain("stands in its place");
  const trade = details.getByTestId("passkey-restore");
  expect(trade.textContent?.trim()).toBe(text.standing.restoreInPlace);
  await user.click(trade);
  await waitFor(() => expect(details.queryByTestId("passkey-standing")).toBeNull());
});

test("a hidden passkey says so, is found among the hidden, and is offered again", async () => {
  open("");
  const details = await choose("github.com");
  await user.click(details.getByTestId("passkey-hide"));
  expect((await details.findByTestId("passkey-standing")).dataset.standing).toBe("hidden");
  await user.click(screen.getByTestId("filter-hidden"));
  await waitFor(() => expect(sites()).toEqual(["github.com", "localhost"]));
  const hidden = await choose("github.com");
  await user.click(hidden.getByTestId("passkey-restore"));
  await waitFor(() => expect(sites()).toEqual(["localhost"]));
});

test("names, tags and notes are edited and searched", async () => {
  open("");
  const details = await choose("shop.example");
  await user.click(details.getByTestId("passkey-edit"));
  const account = details.getByTestId("edit-account");
  await waitFor(() => expect(document.activeElement).toBe(account));
  await user.clear(account);
  await user.type(account, "zoe the second");
  await user.type(details.getByTestId("edit-tags"), "shoes, red");
  await user.type(details.getByTestId("edit-notes"), "Size 41.");
  await user.click(details.getByTestId("edit-save"));
  expect((await details.findByTestId("passkey-tags")).textContent).toContain("shoes");
  expect(details.getByTestId("passkey-notes").textContent).toBe("Size 41.");
  await user.type(screen.getByTestId("passkey-search"), "second SHOES");
  await waitFor(() => expect(sites()).toEqual(["shop.example"]));
});

test("why a passkey counts as backed up, and what happened to it", async () => {
  open("");
  const details = await choose("bank.example");
  expect(details.getByText(/in an encrypted backup since/u)).toBeTruthy();
  await user.click(details.getByText(text.details.history));
  const history = await details.findByTestId("passkey-history");
  expect(history.textContent).toContain("Made by the virtual key");
});
