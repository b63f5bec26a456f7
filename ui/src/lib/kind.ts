/** Which of the four signs a pair of backup flags shows. */
export type Sign = "device-bound" | "not-backed-up" | "synced" | "impossible";

/** The sign of BE and BS (WebAuthn §6.1.3). */
export function signOf(flags: { backupEligible: boolean; backupState: boolean }): Sign {
  if (flags.backupEligible) {
    return flags.backupState ? "synced" : "not-backed-up";
  }
  return flags.backupState ? "impossible" : "device-bound";
}
