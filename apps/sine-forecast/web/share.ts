import { type Settings, settingsFromLink, shareLink, writeSettings } from '@throughtime/web-page';

/** Puts a link with the settings into the address bar and, where the browser allows, the clipboard. */
export async function share(settings: Settings): Promise<string> {
  const link = shareLink(location.href, settings);
  history.replaceState(null, '', link);
  const file = settings.source === 'file' ? ' The file itself is not in it.' : '';
  try {
    await navigator.clipboard.writeText(link);
    return `Link copied.${file}`;
  } catch {
    return `The link stands in the address bar.${file}`;
  }
}

/** Fills the form from the page's own address; what it would not take is named. */
export function applyLink(form: HTMLFormElement): string | undefined {
  const refused = writeSettings(form, settingsFromLink(location.href));
  if (refused.length === 0) return undefined;
  const names = refused.map(({ name }) => name).join(', ');
  return `The link holds settings that this page does not take; these stay as they were: ${names}.`;
}
