/**
 * The one module through which the window calls Rust. In a plain browser a fake twin answers,
 * so that every screen can be seen and tested without the program behind it.
 */
import type {
  AppError,
  HistoryEvent,
  KeyStatus,
  LabStatus,
  Passkey,
  PasskeyEdit,
  PasskeyPage,
  PasskeyQuery,
  Prompt,
  PromptAnswer,
  Settings,
  VaultStatus,
} from "../bindings";

export type {
  Account,
  AppError,
  AutoLock,
  Finger,
  FreshnessState,
  HistoryEvent,
  KeyStatus,
  LabStatus,
  Passkey,
  PasskeyEdit,
  PasskeyPage,
  PasskeyQuery,
  Prompt,
  PromptAnswer,
  Quality,
  Settings,
  Show,
  SlotKind,
  VaultSlot,
  VaultStatus,
} from "../bindings";

/** What a passkey, or a key that makes passkeys, promises: the two kinds a key can make. */
export type Profile = KeyStatus["profile"];

/** Says that something changed; whoever shows it asks again. */
export type Event = "vault-changed" | "passkeys-changed" | "keys-changed" | "lab-changed" | "prompt-changed";

/** Every call rejects with an {@link AppError}. */
export interface Backend {
  vaultStatus(): Promise<VaultStatus>;
  vaultInit(passphrase: string): Promise<void>;
  /** `null` opens by the keyring. */
  vaultUnlock(passphrase: string | null): Promise<void>;
  vaultLock(): Promise<void>;
  /** The person does something: the vault is not idle. */
  vaultUsed(): Promise<void>;
  vaultUnlockRecovery(recoveryKey: string): Promise<void>;
  /** Resolves when a key was touched; rejects with `pin-needed` where it wants its PIN. */
  vaultUnlockSecurityKey(pin: string | null): Promise<void>;
  vaultAcceptOlderCopy(): Promise<void>;
  slotAddPassphrase(label: string, passphrase: string): Promise<void>;
  slotAddKeyring(): Promise<void>;
  /** The recovery key, given out this once. */
  slotAddRecovery(label: string): Promise<string>;
  /** As {@link vaultUnlockSecurityKey}. */
  slotAddSecurityKey(label: string, pin: string | null): Promise<void>;
  slotRemove(id: string): Promise<void>;
  slotRename(id: string, label: string): Promise<void>;
  /** Takes a request to a security key back that is under way. */
  securityKeyCancel(): Promise<void>;
  passkeyPage(query: PasskeyQuery): Promise<PasskeyPage>;
  passkey(id: string): Promise<Passkey>;
  passkeyEdit(id: string, edit: PasskeyEdit): Promise<void>;
  passkeyHide(id: string, hidden: boolean): Promise<void>;
  /** To the trash, for thirty days. */
  passkeyDelete(id: string): Promise<void>;
  /** Rejects with `usage` where another one stands in its place and they do not trade places. */
  passkeyRestore(id: string, inPlace: boolean): Promise<void>;
  passkeyPurge(id: string): Promise<void>;
  passkeyHistory(id: string): Promise<HistoryEvent[]>;
  /** How many there were. */
  trashEmpty(): Promise<number>;
  virtualKeyStatus(): Promise<KeyStatus[]>;
  virtualKeyStart(profile: Profile): Promise<void>;
  virtualKeyStop(profile: Profile): Promise<void>;
  labStatus(): Promise<LabStatus>;
  labStart(): Promise<void>;
  labStop(): Promise<void>;
  labOpen(): Promise<void>;
  promptCurrent(): Promise<Prompt | null>;
  promptAnswer(id: number, answer: PromptAnswer): Promise<void>;
  settings(): Promise<Settings>;
  settingsSave(settings: Settings): Promise<void>;
  /** Calls `handler` at each event until the returned function is called. */
  listen(event: Event, handler: () => void): () => void;
}

/** The backend of this window. */
export async function connect(): Promise<Backend> {
  if ("__TAURI_INTERNALS__" in window) {
    return (await import("./tauri")).tauri;
  }
  return (await import("./fake")).fake(new URLSearchParams(window.location.search));
}

/** Whatever was thrown, as the error that a person reads. */
export function asAppError(thrown: unknown, fallback: string): AppError {
  if (typeof thrown === "object" && thrown !== null && "code" in thrown && "message" in thrown) {
    return thrown as AppError;
  }
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: "failed", message: fallback, hint: detail };
}
