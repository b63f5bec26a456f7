/** How long a passphrase is, in words. Only its length counts: a rule that looks inside is easily fooled. */
export type Strength = "none" | "short" | "fair" | "good" | "long";

export function strengthOf(passphrase: string): Strength {
  const length = [...passphrase].length;
  if (length === 0) {
    return "none";
  }
  if (length < 10) {
    return "short";
  }
  if (length < 16) {
    return "fair";
  }
  return length < 24 ? "good" : "long";
}
