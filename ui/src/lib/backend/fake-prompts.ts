/** Questions for the fake backend, one for each thing that a key can ask. */
import type { Prompt } from "./index";

/** The question called `name`; the registration where there is none of that name. */
export function samplePrompt(name: string, id: number): Prompt {
  return { ...BLANK, ...(SAMPLES[name] ?? SAMPLES["register"]), id };
}

const BLANK: Omit<Prompt, "id"> = {
  key: "device-bound",
  kind: "register",
  rpId: null,
  registrableDomain: null,
  rpName: null,
  accounts: [],
  passkeyKind: null,
  secret: "none",
  sensor: false,
  remainingSamples: null,
  longTouch: false,
  alreadyRegistered: false,
  triesLeft: null,
  timeLimitMs: 30_000,
  remainingMs: 30_000,
  problem: null,
};

const GITHUB = { rpId: "github.com", registrableDomain: "github.com", rpName: "GitHub" };
const ADA = { name: "ada@example.org", displayName: "Ada Lovelace" };

const SAMPLES: Record<string, Partial<Prompt>> = {
  register: { ...GITHUB, accounts: [ADA], passkeyKind: "device-bound", secret: "passphrase", triesLeft: 3 },
  synced: {
    rpId: "login.accounts.bank.example",
    registrableDomain: "bank.example",
    rpName: "Bank of Example",
    accounts: [{ name: "ada", displayName: "Ada Lovelace" }],
    key: "synced",
    passkeyKind: "synced",
  },
  authenticate: { ...GITHUB, kind: "authenticate", accounts: [ADA], secret: "pin", triesLeft: 3 },
  accounts: {
    ...GITHUB,
    kind: "authenticate",
    accounts: [ADA, { name: "zoe@example.net", displayName: "Zoë" }, { name: null, displayName: null }],
  },
  notice: { ...GITHUB, kind: "notice", alreadyRegistered: true },
  verify: { ...GITHUB, kind: "verify", secret: "passphrase", triesLeft: 3 },
  select: { kind: "select", key: "synced" },
  reset: { kind: "reset" },
  fingerprint: { kind: "fingerprint", key: "fingerprint-key", sensor: true, remainingSamples: 3 },
  long: {
    rpId: `${"a-very-long-label-of-a-subdomain.".repeat(6)}extraordinarily-long-registrable-domain-name.example`,
    registrableDomain: "extraordinarily-long-registrable-domain-name.example",
    rpName: "x".repeat(600),
    accounts: [{ name: "\u202Eevil@example.org", displayName: "long ".repeat(100) }],
    passkeyKind: "device-bound",
    secret: "passphrase",
    triesLeft: 3,
  },
};
