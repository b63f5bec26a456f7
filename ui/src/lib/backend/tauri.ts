/** The real backend: the generated bindings, with a rejected promise where they return an error. */
import { listen } from "@tauri-apps/api/event";
import { commands } from "../bindings";
import type { Backend } from "./index";

type Outcome<T> = { status: "ok"; data: T } | { status: "error"; error: unknown };

export const tauri: Backend = {
  vaultStatus: () => data(commands.vaultStatus()),
  vaultInit: (passphrase) => done(commands.vaultInit(passphrase)),
  vaultUnlock: (passphrase) => done(commands.vaultUnlock(passphrase)),
  vaultLock: () => done(commands.vaultLock()),
  vaultUsed: () => done(commands.vaultUsed()),
  vaultUnlockRecovery: (recoveryKey) => done(commands.vaultUnlockRecovery(recoveryKey)),
  vaultUnlockSecurityKey: (pin) => done(commands.vaultUnlockSecurityKey(pin)),
  vaultAcceptOlderCopy: () => done(commands.vaultAcceptOlderCopy()),
  slotAddPassphrase: (label, passphrase) => done(commands.slotAddPassphrase(label, passphrase)),
  slotAddKeyring: () => done(commands.slotAddKeyring()),
  slotAddRecovery: (label) => data(commands.slotAddRecovery(label)),
  slotAddSecurityKey: (label, pin) => done(commands.slotAddSecurityKey(label, pin)),
  slotRemove: (id) => done(commands.slotRemove(id)),
  slotRename: (id, label) => done(commands.slotRename(id, label)),
  securityKeyCancel: () => done(commands.securityKeyCancel()),
  passkeyPage: (query) => data(commands.passkeyPage(query)),
  passkey: (id) => data(commands.passkey(id)),
  passkeyEdit: (id, edit) => done(commands.passkeyEdit(id, edit)),
  passkeyHide: (id, hidden) => done(commands.passkeyHide(id, hidden)),
  passkeyDelete: (id) => done(commands.passkeyDelete(id)),
  passkeyRestore: (id, inPlace) => done(commands.passkeyRestore(id, inPlace)),
  passkeyPurge: (id) => done(commands.passkeyPurge(id)),
  passkeyHistory: (id) => data(commands.passkeyHistory(id)),
  trashEmpty: () => data(commands.trashEmpty()),
  virtualKeyStatus: () => data(commands.virtualKeyStatus()),
  virtualKeyStart: (profile) => done(commands.virtualKeyStart(profile)),
  virtualKeyStop: (profile) => done(commands.virtualKeyStop(profile)),
  labStatus: () => data(commands.labStatus()),
  labStart: () => done(commands.labStart()),
  labStop: () => done(commands.labStop()),
  labOpen: () => done(commands.labOpen()),
  promptCurrent: () => data(commands.promptCurrent()),
  promptAnswer: (id, answer) => done(commands.promptAnswer(id, answer)),
  settings: () => data(commands.settings()),
  settingsSave: (settings) => done(commands.settingsSave(settings)),
  listen(event, handler) {
    const stopping = listen(event, () => handler());
    return () => void stopping.then((stop) => stop());
  },
};

async function data<T>(call: Promise<Outcome<T>>): Promise<T> {
  const outcome = await call;
  if (outcome.status === "error") {
    throw outcome.error;
  }
  return outcome.data;
}

async function done(call: Promise<Outcome<unknown>>): Promise<void> {
  await data(call);
}
