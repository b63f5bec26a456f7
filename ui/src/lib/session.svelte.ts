import { getContext, setContext } from "svelte";
import type { Backend } from "./backend";
import { Passkeys } from "./passkeys.svelte";
import { Resource } from "./resource.svelte";

/** What the window knows of the program behind it, kept fresh by its events. */
export class Session {
  readonly vault;
  readonly passkeys;
  readonly keys;
  readonly lab;
  readonly prompt;
  readonly settings;

  constructor(readonly backend: Backend) {
    this.vault = new Resource(() => backend.vaultStatus());
    this.passkeys = new Passkeys((query) => backend.passkeyPage(query));
    this.keys = new Resource(() => backend.virtualKeyStatus());
    this.lab = new Resource(() => backend.labStatus());
    this.prompt = new Resource(() => backend.promptCurrent());
    this.settings = new Resource(() => backend.settings());
  }

  /** Asks for everything and follows the events until the returned function is called. */
  start(): () => void {
    const stops = [
      this.backend.listen("vault-changed", () => void this.#vaultChanged()),
      this.backend.listen("passkeys-changed", () => void this.#passkeysChanged()),
      this.backend.listen("keys-changed", () => void this.keys.refresh()),
      this.backend.listen("lab-changed", () => void this.lab.refresh()),
      this.backend.listen("prompt-changed", () => void this.prompt.refresh()),
    ];
    void this.#vaultChanged();
    void this.keys.refresh();
    void this.lab.refresh();
    void this.prompt.refresh();
    void this.settings.refresh();
    return () => stops.forEach((stop) => stop());
  }

  /** Asks for the vault's state, and for what is in it where it is open. */
  refreshVault = (): Promise<void> => this.#vaultChanged();

  async #vaultChanged(): Promise<void> {
    await this.vault.refresh();
    await this.#passkeysChanged();
  }

  async #passkeysChanged(): Promise<void> {
    if (this.vault.value?.state === "open") {
      await this.passkeys.refresh();
    } else {
      this.passkeys.clear();
    }
  }
}

const KEY = Symbol("session");

export const provideSession = (session: Session): Session => setContext(KEY, session);
export const useSession = (): Session => getContext<Session>(KEY);
