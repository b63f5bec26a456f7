// The shape that Tauri Specta generates from Rust; regenerating replaces this file.
import { invoke as __TAURI_INVOKE } from "@tauri-apps/api/core";

export const commands = {
  vaultStatus: () => typedError<VaultStatus, AppError>(__TAURI_INVOKE("vault_status")),
  vaultInit: (passphrase: string) => typedError<null, AppError>(__TAURI_INVOKE("vault_init", { passphrase })),
  vaultUnlock: (passphrase: string | null) => typedError<null, AppError>(__TAURI_INVOKE("vault_unlock", { passphrase })),
  vaultLock: () => typedError<null, AppError>(__TAURI_INVOKE("vault_lock")),
  passkeyList: () => typedError<Passkey[], AppError>(__TAURI_INVOKE("passkey_list")),
  passkeyDelete: (id: string) => typedError<null, AppError>(__TAURI_INVOKE("passkey_delete", { id })),
  virtualKeyStatus: () => typedError<KeyStatus[], AppError>(__TAURI_INVOKE("virtual_key_status")),
  virtualKeyStart: (profile: Kind) => typedError<null, AppError>(__TAURI_INVOKE("virtual_key_start", { profile })),
  virtualKeyStop: (profile: Kind) => typedError<null, AppError>(__TAURI_INVOKE("virtual_key_stop", { profile })),
  labStatus: () => typedError<LabStatus, AppError>(__TAURI_INVOKE("lab_status")),
  labStart: () => typedError<null, AppError>(__TAURI_INVOKE("lab_start")),
  labStop: () => typedError<null, AppError>(__TAURI_INVOKE("lab_stop")),
  labOpen: () => typedError<null, AppError>(__TAURI_INVOKE("lab_open")),
  promptCurrent: () => typedError<Prompt | null, AppError>(__TAURI_INVOKE("prompt_current")),
  promptAnswer: (id: number, answer: PromptAnswer) => typedError<null, AppError>(__TAURI_INVOKE("prompt_answer", { id, answer })),
  settings: () => typedError<Settings, AppError>(__TAURI_INVOKE("settings")),
  settingsSave: (settings: Settings) => typedError<null, AppError>(__TAURI_INVOKE("settings_save", { settings })),
};

export type Account = { name: string | null; displayName: string | null };
export type AppError = { code: string; message: string; hint: string | null; ctapStatus?: number | null };
export type KeyStatus = { profile: Kind; running: boolean; addresses: string[]; error: AppError | null };
export type Kind = "device-bound" | "synced";
export type LabStatus = { running: boolean; url: string | null; error: AppError | null };
export type Passkey = { id: string; rpId: string; rpName: string | null; userName: string | null; userDisplayName: string | null; userHandle: string; algorithm: string; kind: Kind; backupEligible: boolean; backupState: boolean; signCount: number; discoverable: boolean; aaguid: string; createdAt: string; lastUsedAt: string | null; source: string };
export type Prompt = { id: number; key: string; kind: PromptKind; rpId: string | null; registrableDomain: string | null; rpName: string | null; accounts: Account[]; passkeyKind: Kind | null; secret: SecretKind; alreadyRegistered: boolean; triesLeft: number | null; timeLimitMs: number; remainingMs: number; problem: string | null };
export type PromptAnswer = { approve: boolean; account?: number; secret: string | null };
export type PromptKind = "register" | "authenticate" | "notice" | "verify" | "select" | "reset";
export type SecretKind = "none" | "passphrase" | "pin";
export type Settings = { verification: Verification };
export type SlotKind = "keyring" | "passphrase";
export type VaultState = "absent" | "locked" | "open" | "keyMissing" | "damaged" | "newer";
export type VaultStatus = { state: VaultState; slots: SlotKind[]; openedBy: SlotKind | null; folder: string; message: string | null };
export type Verification = "passphrase" | "vault-open";

async function typedError<T, E>(result: Promise<T>): Promise<{ status: "ok"; data: T } | { status: "error"; error: E }> {
    try {
        return { status: "ok", data: await result };
    } catch (e) {
        if (e instanceof Error) throw e;
        return { status: "error", error: e as any };
    }
}
