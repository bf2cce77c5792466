import { ThroughtimeError } from '@throughtime/errors';
import type { Settings } from './settings.js';

/** Longest fragment that is read without an attachment: more than any form of ours makes, less than what could hurt. */
const longestFragment = 4000;

/**
 * The most bytes that a link carries. In base64 they are 80,000 characters: browsers and most mail programs pass on links of that
 * length; chat programs may cut shorter ones, so a page offers a file as well.
 */
export const longestAttachment = 60_000;

/** The name of the attachment in the fragment: no control of a form may be called so. */
const attachmentName = 'weights';

/** A link whose attachment was cut or changed on its way. */
export class DamagedLinkError extends ThroughtimeError {
  override name = 'DamagedLinkError';
}

/**
 * A link to the page at `base` with these settings in its fragment, which browsers never send to the server.
 * @param attachment bytes that the link carries, at most {@link longestAttachment}. Default: none
 */
export function shareLink(base: string, settings: Settings, attachment?: Uint8Array): string {
  const url = new URL(base);
  const fragment = new URLSearchParams({ ...settings });
  // Last, so that a program which cuts the link leaves the settings.
  if (attachment) fragment.append(attachmentName, base64Of(attachment));
  url.hash = fragment.toString();
  return url.toString();
}

/**
 * Puts a link into the address bar and, where the browser allows, the clipboard.
 * @returns whether it is in the clipboard
 */
export function passOn(link: string): Promise<boolean> {
  history.replaceState(null, '', link);
  return navigator.clipboard.writeText(link).then(
    () => true,
    () => false,
  );
}

/** The settings in a link's fragment; empty when there are none. Values are text and nothing more: check them where used. */
export function settingsFromLink(link: string): Settings {
  const { rest } = partsOf(link);
  if (rest.length > longestFragment) return {};
  return Object.fromEntries(new URLSearchParams(rest));
}

/**
 * The bytes that a link carries; undefined when it carries none.
 * @throws DamagedLinkError when they are not what `shareLink` writes, or too many
 */
export function attachmentFromLink(link: string): Uint8Array<ArrayBuffer> | undefined {
  const { attachment } = partsOf(link);
  if (attachment === undefined) return undefined;
  const characters = attachment.length;
  if (characters > Math.ceil((longestAttachment * 4) / 3))
    throw new DamagedLinkError(
      `link: expected a model of at most ${longestAttachment} bytes, got ${characters} characters`,
    );
  if (!/^[\w-]*$/.test(attachment) || characters % 4 === 1)
    throw new DamagedLinkError('link: expected a model as base64url, got something else');
  const text = atob(attachment.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** The fragment without its attachment, and that. */
function partsOf(link: string): { rest: string; attachment: string | undefined } {
  const fragment = new URL(link).hash.slice(1);
  const begin = `${attachmentName}=`;
  const parts = fragment.split('&');
  return {
    rest: parts.filter((part) => !part.startsWith(begin)).join('&'),
    attachment: parts.find((part) => part.startsWith(begin))?.slice(begin.length),
  };
}

function base64Of(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
