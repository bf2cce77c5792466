import type { Settings } from './settings.js';

/** Longest fragment that is read: more than any form of ours makes, less than what could hurt. */
const longestFragment = 4000;

/** A link to the page at `base` with these settings in its fragment, which browsers never send to the server. */
export function shareLink(base: string, settings: Settings): string {
  const url = new URL(base);
  url.hash = new URLSearchParams({ ...settings }).toString();
  return url.toString();
}

/** The settings in a link's fragment; empty when there are none. Values are text and nothing more: check them where used. */
export function settingsFromLink(link: string): Settings {
  const { hash } = new URL(link);
  if (hash.length > longestFragment) return {};
  return Object.fromEntries(new URLSearchParams(hash.slice(1)));
}
