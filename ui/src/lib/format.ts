/** How dates, ids and names are written. */
import { text } from "./text";

const MINUTE = 60_000;
const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 365 * 24 * 60 * MINUTE],
  ["month", 30 * 24 * 60 * MINUTE],
  ["day", 24 * 60 * MINUTE],
  ["hour", 60 * MINUTE],
  ["minute", MINUTE],
];
const relative = new Intl.RelativeTimeFormat("en", { numeric: "always", style: "narrow" });
const absolute = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short" });

/** `2h ago`; the empty string where `time` is no RFC 3339 time. */
export function ago(time: string, now = Date.now()): string {
  const passed = now - Date.parse(time);
  if (Number.isNaN(passed)) {
    return "";
  }
  const step = STEPS.find(([, length]) => passed >= length);
  return step ? relative.format(-Math.floor(passed / step[1]), step[0]) : text.time.now;
}

/** The whole days until `time`, the current one included; 0 where it has passed. */
export function daysLeft(time: string, now = Date.now()): number {
  const left = Date.parse(time) - now;
  return Number.isNaN(left) ? 0 : Math.max(0, Math.ceil(left / (24 * 60 * MINUTE)));
}

/** `21 November 2026 at 11:41`, in the time zone of the person. */
export function dateAndTime(time: string): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? time : absolute.format(date);
}

/** The groups of four in which ids are shown. */
export function groupsOfFour(value: string): string[] {
  return value.match(/.{1,4}/gsu) ?? [];
}

/** Characters that show nothing of their own, or turn the direction of what follows. */
const UNSEEN = /[\p{Cc}\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/gu;

/** Names come from sites: at most `limit` characters of them are shown, and unseen ones as `\uFFFD`. */
export function clipped(name: string, limit = 120): string {
  const characters = [...name.slice(0, 4 * limit).replace(UNSEEN, "\uFFFD")];
  return characters.slice(0, limit).join("") + (characters.length > limit ? "…" : "");
}
