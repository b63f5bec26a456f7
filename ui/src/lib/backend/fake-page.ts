/** Pages of passkeys for the fake backend, by the rules of the real one. */
import { signOf } from "../kind";
import type { Passkey, PasskeyPage, PasskeyQuery } from "./index";

export function pageOf(passkeys: Passkey[], query: PasskeyQuery): PasskeyPage {
  const words = query.words.toLowerCase().split(/\s+/u).filter(Boolean);
  const here = passkeys.filter((passkey) => !isAside(passkey));
  const found = passkeys
    .filter((passkey) => isShown(passkey, query.show))
    .filter((passkey) => words.every((word) => searched(passkey).includes(word)))
    .sort((a, b) => order(a).localeCompare(order(b)));
  return {
    passkeys: found.slice(query.offset, query.offset + query.limit),
    found: found.length,
    all: here.length,
    notBackedUp: here.filter((passkey) => signOf(passkey) === "not-backed-up").length,
    hidden: here.filter((passkey) => passkey.standing === "hidden").length,
    putAside: passkeys.length - here.length,
  };
}

function isAside(passkey: Passkey): boolean {
  return passkey.standing === "deleted" || passkey.standing === "replaced";
}

function isShown(passkey: Passkey, show: PasskeyQuery["show"]): boolean {
  if (show === "put-aside") {
    return isAside(passkey);
  }
  const fits = show === "all" || (show === "hidden" ? passkey.standing === "hidden" : passkey.kind === show);
  return fits && !isAside(passkey);
}

function searched({ rpId, rpName, userName, userDisplayName, notes, tags }: Passkey): string {
  return [rpId, rpName, userName, userDisplayName, notes, ...tags].join("\n").toLowerCase();
}

function order(passkey: Passkey): string {
  return `${passkey.rpId}\n${passkey.userName ?? ""}\n${passkey.id}`;
}
