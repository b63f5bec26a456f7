/**
 * The fake twin: the same calls, answered from memory, for a plain browser and for tests.
 *
 * The address chooses what is seen: `?state=absent|locked|open|keyMissing|damaged|newer`,
 * `&prompt=register|synced|authenticate|accounts|notice|verify|select|reset|fingerprint`,
 * `&locked=owner|idle|screen|sleep`, `&session=silent`, `&memory=open`, `&older=CHANGES`,
 * `&key=none|pin` (the security key that is asked), `&passkeys=none|few|many|huge`, `&keys=running|denied`,
 * `&lab=running|busy`, `&slow=MILLISECONDS`.
 */
import type {
  AppError,
  Backend,
  Event,
  KeyStatus,
  Passkey,
  Profile,
  Prompt,
  Settings,
  SlotKind,
  VaultSlot,
  VaultStatus,
} from "./index";
import {
  GONE,
  LOCKED,
  NO_KEY,
  NO_PASSKEY,
  NO_UHID,
  OCCUPIED,
  PIN_NEEDED,
  PORT_IN_USE,
  TAKEN_BACK,
  WRONG_PASSPHRASE,
  WRONG_PIN,
  WRONG_RECOVERY_KEY,
} from "./fake-errors";
import { pageOf } from "./fake-page";
import { historyOf, inTrash, manyPasskeys, passkeys as samplePasskeys } from "./fake-passkeys";
import { samplePrompt } from "./fake-prompts";

const FOLDER = "~/.local/share/latchkey";
const PIN = "1234";
const PASSPHRASE = "correct horse";
const LAB_URL = "http://localhost:8317";

export function fake(choices: URLSearchParams): Backend {
  const listeners = new Map<Event, Set<() => void>>();
  const vault = vaultOf(choices);
  Object.assign(vault, locksOf(choices));
  let passkeys = passkeysOf(choices.get("passkeys"));
  const keys = keysOf(choices.get("keys"));
  const lab = { running: choices.get("lab") === "running", error: null as AppError | null };
  let settings: Settings = {
    verification: "passphrase",
    autoLock: { idleMinutes: 15, screen: true, sleep: true, reopen: "ask" },
  };
  let prompt: (Prompt & { deadline: number }) | null = null;
  let nextPrompt = 1;
  let cancelTouch: (() => void) | undefined;

  const tell = (event: Event) => listeners.get(event)?.forEach((handler) => handler());
  const wait = () => new Promise((resolve) => setTimeout(resolve, Number(choices.get("slow") ?? 0)));

  function ask(name: string): void {
    const asked = samplePrompt(name, nextPrompt++);
    prompt = { ...asked, deadline: Date.now() + asked.remainingMs };
    tell("prompt-changed");
    setTimeout(() => {
      if (prompt?.id === asked.id) {
        settle();
      }
    }, asked.remainingMs);
  }

  function settle(): void {
    prompt = null;
    tell("prompt-changed");
  }

  function open(by: SlotKind): void {
    const openedBy = vault.slots.find((slot) => slot.kind === by) ?? null;
    Object.assign(vault, {
      state: "open",
      openedBy,
      message: null,
      lockReason: null,
      ...openStatus(choices),
    });
    for (const key of keys.values()) {
      if (key.away) {
        Object.assign(key, { running: true, away: false, addresses: [addressOf(key.profile)] });
      }
    }
    tell("keys-changed");
    tell("vault-changed");
    tell("passkeys-changed");
  }

  function found(id: string): Passkey {
    const passkey = passkeys.find((passkey) => passkey.id === id);
    if (passkey === undefined) {
      throw NO_PASSKEY;
    }
    return passkey;
  }

  function change(id: string, changes: Partial<Passkey>): void {
    passkeys = passkeys.map((passkey) => (passkey.id === id ? { ...passkey, ...changes } : passkey));
    tell("passkeys-changed");
  }

  function add(kind: SlotKind, label: string): void {
    vault.slots = [...vault.slots, slot(kind, label)];
    tell("vault-changed");
  }

  /** A key that is touched after a moment, and wants the PIN 1234 where the address says so. */
  async function touched(pin: string | null): Promise<void> {
    if (choices.get("key") === "none") {
      throw NO_KEY;
    }
    if (choices.get("key") === "pin" && pin !== PIN) {
      throw pin === null ? PIN_NEEDED : WRONG_PIN;
    }
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(resolve, Number(choices.get("slow") ?? 0));
      cancelTouch = () => {
        clearTimeout(timer);
        reject(TAKEN_BACK);
      };
    });
  }

  if (choices.has("prompt")) {
    setTimeout(() => ask(choices.get("prompt") ?? "register"), 0);
  }

  return {
    async vaultStatus() {
      await wait();
      return { ...vault };
    },
    async vaultInit() {
      vault.slots = [slot("passphrase", "Passphrase"), slot("keyring", "ada-desk")];
      passkeys = [];
      open("passphrase");
    },
    async vaultUnlock(passphrase) {
      await wait();
      if (passphrase !== null && passphrase !== PASSPHRASE) {
        throw WRONG_PASSPHRASE;
      }
      open(passphrase === null ? "keyring" : "passphrase");
    },
    async vaultLock() {
      Object.assign(vault, {
        state: "locked",
        openedBy: null,
        lockReason: "owner",
        memory: null,
        freshness: null,
      });
      for (const key of keys.values()) {
        Object.assign(key, { running: false, away: key.running, addresses: [] });
      }
      tell("keys-changed");
      tell("vault-changed");
      tell("passkeys-changed");
    },
    async vaultUsed() {},
    async vaultUnlockRecovery(typed) {
      if (typed.replace(/\s/gu, "").toUpperCase() !== RECOVERY_KEY) {
        throw WRONG_RECOVERY_KEY;
      }
      open("recovery");
    },
    async vaultUnlockSecurityKey(pin) {
      await touched(pin);
      open("security-key");
    },
    async vaultAcceptOlderCopy() {
      vault.freshness = { state: "newest", reason: null, missing: 0 };
      tell("vault-changed");
    },
    async slotAddPassphrase(label) {
      add("passphrase", label);
    },
    async slotAddKeyring() {
      add("keyring", "ada-desk");
    },
    async slotAddRecovery(label) {
      add("recovery", label);
      return RECOVERY_KEY;
    },
    async slotAddSecurityKey(label, pin) {
      await touched(pin);
      add("security-key", label);
    },
    async slotRemove(id) {
      vault.slots = vault.slots.filter((slot) => slot.id !== id);
      tell("vault-changed");
    },
    async slotRename(id, label) {
      vault.slots = vault.slots.map((slot) => (slot.id === id ? { ...slot, label } : slot));
      tell("vault-changed");
    },
    async securityKeyCancel() {
      cancelTouch?.();
    },
    async passkeyPage(query) {
      await wait();
      if (vault.state !== "open") {
        throw LOCKED;
      }
      return pageOf(passkeys, query);
    },
    async passkey(id) {
      return found(id);
    },
    async passkeyEdit(id, edit) {
      const given = Object.entries(edit).filter(([, value]) => value !== null);
      change(id, Object.fromEntries(given.map(([name, value]) => [name, value === "" ? null : value])));
    },
    async passkeyHide(id, hidden) {
      change(id, hidden ? { standing: "hidden", hiddenAt: new Date().toISOString() } : OFFERED);
    },
    async passkeyDelete(id) {
      change(id, inTrash(0));
    },
    async passkeyRestore(id, inPlace) {
      const { rpId, userHandle } = found(id);
      const rival = passkeys.find(
        (other) =>
          other.id !== id &&
          other.rpId === rpId &&
          other.userHandle === userHandle &&
          other.standing === "offered",
      );
      if (rival && !inPlace) {
        throw OCCUPIED;
      }
      if (rival) {
        change(rival.id, { standing: "replaced", replacedAt: new Date().toISOString(), replacedBy: id });
      }
      change(id, OFFERED);
    },
    async passkeyPurge(id) {
      passkeys = passkeys.filter((passkey) => passkey.id !== id);
      tell("passkeys-changed");
    },
    async passkeyHistory(id) {
      return historyOf(found(id));
    },
    async trashEmpty() {
      const before = passkeys.length;
      passkeys = passkeys.filter((passkey) => passkey.standing !== "deleted");
      tell("passkeys-changed");
      return before - passkeys.length;
    },
    async virtualKeyStatus() {
      return structuredClone([...keys.values()]);
    },
    async virtualKeyStart(profile) {
      await wait();
      const key = keys.get(profile);
      if (key && choices.get("keys") === "denied") {
        key.error = NO_UHID;
      } else if (key) {
        Object.assign(key, { running: true, addresses: [addressOf(profile)], error: null });
      }
      tell("keys-changed");
    },
    async virtualKeyStop(profile) {
      const key = keys.get(profile);
      if (key) {
        Object.assign(key, { running: false, addresses: [], error: null });
      }
      tell("keys-changed");
    },
    async labStatus() {
      return { ...lab, url: lab.running ? LAB_URL : null };
    },
    async labStart() {
      await wait();
      if (choices.get("lab") === "busy") {
        lab.error = PORT_IN_USE;
      } else {
        Object.assign(lab, { running: true, error: null });
      }
      tell("lab-changed");
    },
    async labStop() {
      lab.running = false;
      tell("lab-changed");
    },
    async labOpen() {
      // A plain browser has no lab to open; a question is asked instead, as a site would.
      ask("register");
    },
    async promptCurrent() {
      return prompt && { ...prompt, remainingMs: Math.max(0, prompt.deadline - Date.now()) };
    },
    async promptAnswer(id, answer) {
      if (prompt?.id !== id) {
        throw GONE;
      }
      const wanted = prompt.secret === "pin" ? PIN : PASSPHRASE;
      if (!answer.approve || prompt.secret === "none" || answer.secret === wanted) {
        settle();
        return;
      }
      const triesLeft = (prompt.triesLeft ?? 1) - 1;
      if (triesLeft === 0) {
        settle();
        return;
      }
      const what = prompt.secret === "pin" ? "PIN" : "passphrase";
      prompt = { ...prompt, triesLeft, problem: `That ${what} is wrong. Try again.` };
      tell("prompt-changed");
    },
    async settings() {
      return { ...settings };
    },
    async settingsSave(changed) {
      settings = { ...changed };
    },
    listen(event, handler) {
      const handlers = listeners.get(event) ?? new Set();
      listeners.set(event, handlers.add(handler));
      return () => void handlers.delete(handler);
    },
  };
}

function vaultOf(choices: URLSearchParams): VaultStatus {
  const state = choices.get("state");
  const slots = [
    slot("passphrase", "Passphrase"),
    slot("keyring", "ada-desk"),
    slot("security-key", "Blue 5C"),
    slot("recovery", "In the safe"),
  ];
  const status: VaultStatus = {
    state: "open",
    slots,
    openedBy: slots[1] ?? null,
    folder: FOLDER,
    message: null,
    lockReason: null,
    listening: { sessions: true, holdsSleep: true, screenSaver: true, trouble: [] },
    process: { dumpable: false, coreLimit: 0 },
    memory: null,
    freshness: null,
  };
  switch (state) {
    case "absent":
      return { ...status, state, slots: [], openedBy: null };
    case "locked":
    case "keyMissing":
      return { ...status, state, openedBy: null };
    case "damaged":
      return { ...status, state, openedBy: null, message: "vault.db: database disk image is malformed" };
    case "newer":
      return {
        ...status,
        state,
        openedBy: null,
        message: "The vault has format 4; this Latchkey reads up to 1.",
      };
    default:
      return { ...status, ...openStatus(choices) };
  }
}

function locksOf(choices: URLSearchParams): Partial<VaultStatus> {
  return {
    lockReason: choices.get("locked") as VaultStatus["lockReason"],
    ...(choices.get("session") === "silent" && { listening: SILENT }),
    ...(choices.get("memory") === "open" && { process: { dumpable: true, coreLimit: null } }),
  };
}

const SWAPPED: VaultStatus["memory"] = { locked: false, reason: "Cannot allocate memory (os error 12)" };

const SILENT: VaultStatus["listening"] = {
  sessions: false,
  holdsSleep: false,
  screenSaver: true,
  trouble: ["The session manager (logind) cannot be heard: I/O error: No such file or directory."],
};

/** What is known of an open vault. */
function openStatus(choices: URLSearchParams): Pick<VaultStatus, "memory" | "freshness"> {
  const missing = Number(choices.get("older") ?? 0);
  return {
    memory: choices.get("memory") === "open" ? SWAPPED : { locked: true, reason: null },
    freshness: { state: missing > 0 ? "older-copy" : "newest", reason: null, missing },
  };
}

let nextSlot = 1;

function slot(kind: SlotKind, label: string): VaultSlot {
  const id = String(nextSlot++).padStart(32, "0");
  return { id, kind, label, createdAt: new Date(Date.now() - 86_400_000).toISOString(), outdated: false };
}

function passkeysOf(amount: string | null): Passkey[] {
  switch (amount) {
    case "none":
      return [];
    case "many":
      return manyPasskeys(400);
    case "huge":
      return manyPasskeys(100_000);
    default:
      return samplePasskeys;
  }
}

function keysOf(choice: string | null) {
  const running = choice === "running";
  const error = choice === "denied" ? NO_UHID : null;
  return new Map<string, KeyStatus>(
    Object.entries(DESCRIPTIONS).map(([profile, description]) => [
      profile,
      {
        profile,
        description,
        kind: profile === "synced" ? "synced" : "device-bound",
        running,
        away: false,
        addresses: running ? [addressOf(profile)] : [],
        error: profile === "synced" ? null : error,
      },
    ]),
  );
}

function addressOf(profile: Profile): string {
  return `uhid: Latchkey ${profile}`;
}

const DESCRIPTIONS = {
  "device-bound": "Passkeys that live in this key alone.",
  synced: "Passkeys that may be copied to other devices.",
  "yubikey-5.7-like":
    "States what a YubiKey 5 with firmware 5.7 states: PIN only, one counter for all passkeys.",
  "u2f-only": "A second factor of the time before FIDO2: U2F, no PIN, no passkeys of its own.",
  "ctap20-only":
    "A key of the first FIDO2 generation: a PIN without permissions, hmac-secret, nothing later.",
  "fingerprint-key": "Verifies its owner by fingerprints, once one is enrolled; until then by PIN.",
  tiny: "Two passkeys and the smallest limits that the specification allows.",
  "post-quantum": "Signs by ML-DSA where a site knows it; its answers fill the largest messages.",
};

const OFFERED: Partial<Passkey> = {
  standing: "offered",
  hiddenAt: null,
  replacedAt: null,
  replacedBy: null,
  deletedAt: null,
  purgeAt: null,
};

const RECOVERY_KEY = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";
