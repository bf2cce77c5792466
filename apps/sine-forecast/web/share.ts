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

/** What a link said that is not the form's own. */
export interface LinkedSettings {
  readonly column: string | undefined;
  /** What the form would not take, for the reader. */
  readonly problem: string | undefined;
}

/** Fills the form from the page's own address. */
export function applyLink(form: HTMLFormElement): LinkedSettings {
  const settings = settingsFromLink(location.href);
  const refused = writeSettings(form, settings).map(({ name }) => name);
  return {
    column: settings.column,
    problem:
      refused.length === 0
        ? undefined
        : `The link holds settings that this page does not take; these stay as they were: ${refused.join(', ')}.`,
  };
}
