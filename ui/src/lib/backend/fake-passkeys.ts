/** Passkeys for the fake backend: each kind, each edge that a screen has to show well. */
import type { HistoryEvent, Passkey } from "./index";

const DEVICE_BOUND_AAGUID = "6c617463-686b-6579-0000-000000000001";
const SYNCED_AAGUID = "6c617463-686b-6579-0000-000000000002";
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export const passkeys: Passkey[] = [
  passkey({
    id: "q3bOY1kfvbFqWyNJ0aYtq2dLw8u3nqT4o5J1mZcVxkE",
    rpId: "github.com",
    rpName: "GitHub",
    userName: "ada@example.org",
    userDisplayName: "Ada Lovelace",
    signCount: 12,
    lastUsedAt: ago(2 * HOUR),
    createdAt: ago(190 * DAY),
  }),
  passkey({
    id: "7Qm0cU2nK9xXrV3eTjHfWw1sB6yZpL4gDqAoIuRt5Ek",
    rpId: "bank.example",
    rpName: "Bank of Example",
    userName: "ada",
    userDisplayName: "Ada Lovelace",
    kind: "synced",
    backupEligible: true,
    backupState: true,
    backupReason: "backup",
    backedUpAt: ago(7 * DAY),
    notes: "The joint account.",
    tags: ["money", "home"],
    aaguid: SYNCED_AAGUID,
    lastUsedAt: ago(3 * DAY),
    createdAt: ago(75 * DAY),
  }),
  passkey({
    id: "Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2RlZmdoaWo",
    rpId: "shop.example",
    rpName: "Shop",
    userName: "zoe@example.net",
    userDisplayName: "Zoë",
    kind: "synced",
    backupEligible: true,
    aaguid: SYNCED_AAGUID,
    algorithm: "EdDSA",
    createdAt: ago(20 * 60_000),
  }),
  passkey({
    id: "c2lnbi1pbi1sb2NhbGhvc3QtbGFiLXBhc3NrZXktMDE",
    rpId: "localhost",
    rpName: "Latchkey lab",
    userName: "ada",
    userDisplayName: "Ada Lovelace",
    createdAt: ago(40 * 60_000),
    standing: "hidden",
    hiddenAt: ago(10 * 60_000),
  }),
  passkey({
    id: "b2xkLWdpdGh1Yi1wYXNza2V5LW9mLWFkYS1sb3ZlbGE",
    rpId: "github.com",
    rpName: "GitHub",
    userName: "ada@example.org",
    userDisplayName: "Ada Lovelace",
    createdAt: ago(400 * DAY),
    standing: "replaced",
    replacedAt: ago(190 * DAY),
    replacedBy: "q3bOY1kfvbFqWyNJ0aYtq2dLw8u3nqT4o5J1mZcVxkE",
  }),
  passkey({
    id: "Zm9ydW0tcGFzc2tleS1pbi10aGUtdHJhc2gtMDEyMzQ",
    rpId: "forum.example",
    rpName: "Forum",
    userName: "zoe",
    kind: "synced",
    backupEligible: true,
    backupState: true,
    backupReason: "import",
    backedUpAt: ago(60 * DAY),
    source: "bitwarden",
    userHandle: "em9l",
    aaguid: SYNCED_AAGUID,
    createdAt: ago(60 * DAY),
    ...inTrash(3 * DAY),
  }),
];

/** In the trash since `past` milliseconds. */
export function inTrash(past: number): Partial<Passkey> {
  return { standing: "deleted", deletedAt: ago(past), purgeAt: ago(past - 30 * DAY) };
}

/** What happened to it. */
export function historyOf(passkey: Passkey): HistoryEvent[] {
  const event = (what: string, by: string, at: string, text: string): HistoryEvent => ({
    at,
    id: passkey.id,
    rpId: passkey.rpId,
    userName: passkey.userName,
    what,
    by,
    byName: null,
    detail: null,
    text,
  });
  return [
    ...(passkey.deletedAt
      ? [event("deleted", "owner", passkey.deletedAt, "Moved to the trash by you.")]
      : []),
    ...(passkey.hiddenAt
      ? [event("hidden", "site", passkey.hiddenAt, `Hidden because ${passkey.rpId} said so.`)]
      : []),
    event("created", "key", passkey.createdAt, "Made by the virtual key device-bound."),
  ];
}

/** A long list, for scrolling. */
export function manyPasskeys(count: number): Passkey[] {
  return Array.from({ length: count }, (_, index) => {
    const sample = passkeys[index % 3] as Passkey;
    return { ...sample, id: `${sample.id}${index}`, rpId: `site-${index}.${sample.rpId}` };
  });
}

function passkey(members: Partial<Passkey> & Pick<Passkey, "id" | "rpId">): Passkey {
  return {
    rpName: null,
    userName: null,
    userDisplayName: null,
    userHandle: "YWRhLWxvdmVsYWNlLTE4MTU",
    algorithm: "ES256",
    kind: "device-bound",
    backupEligible: false,
    backupState: false,
    signCount: 0,
    discoverable: true,
    aaguid: DEVICE_BOUND_AAGUID,
    createdAt: ago(DAY),
    lastUsedAt: null,
    source: "created",
    importedAt: null,
    backupReason: null,
    backedUpAt: null,
    changedSinceBackup: false,
    uses: 0,
    hmacSecret: true,
    notes: null,
    tags: [],
    standing: "offered",
    ...members,
  };
}

function ago(milliseconds: number): string {
  return new Date(Date.now() - milliseconds).toISOString();
}
