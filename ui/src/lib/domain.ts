/** A site's name in two parts: what anybody may put in front, and what somebody registered. */
export function domainParts(
  rpId: string,
  registrable: string | null,
): { subdomain: string; registrable: string } {
  if (registrable !== null && rpId.endsWith(`.${registrable}`)) {
    return { subdomain: rpId.slice(0, -registrable.length), registrable };
  }
  return { subdomain: "", registrable: rpId };
}
