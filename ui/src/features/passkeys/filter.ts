import type { Passkey, Profile } from "../../lib/backend";
import { signOf } from "../../lib/kind";

/** Which passkeys the list shows. */
export type KindFilter = "all" | Profile;

/** The passkeys of `kind` in whose site or account every typed word stands; by site, then account. */
export function filterPasskeys(passkeys: Passkey[], kind: KindFilter, typed: string): Passkey[] {
  const words = typed.toLocaleLowerCase().split(/\s+/u).filter(Boolean);
  return passkeys
    .filter((passkey) => kind === "all" || passkey.kind === kind)
    .filter((passkey) => {
      const searched = [passkey.rpId, passkey.rpName, passkey.userName, passkey.userDisplayName]
        .join("\n")
        .toLocaleLowerCase();
      return words.every((word) => searched.includes(word));
    })
    .sort((a, b) => order(a).localeCompare(order(b)));
}

/** How many can be copied but are not: one lost computer away from being lost. */
export function notBackedUp(passkeys: Passkey[]): number {
  return passkeys.filter((passkey) => signOf(passkey) === "not-backed-up").length;
}

function order(passkey: Passkey): string {
  return `${passkey.rpId}\n${passkey.userName ?? ""}\n${passkey.id}`;
}
