import { type Settings, settingsFromLink, shareLink, writeSettings } from '@throughtime/web-page';
import { texts } from './texts/chosen.js';

/** What a link may hold beside the form's settings. */
export interface LinkedResult {
  /** Column of an embedded series. */
  readonly column: string | undefined;
  /** Where the forecast begins. */
  readonly origin: number | undefined;
  /** Whether the model is trained on arrival: from the same seed it gives the same forecast. */
  readonly isTrained: boolean;
}

/** Puts a link with the settings, and what leads to the same result, into the address bar and, where the browser allows, the clipboard. */
export async function share(
  settings: Settings,
  { origin, isTrained }: Omit<LinkedResult, 'column'>,
): Promise<string> {
  const result = {
    ...(origin !== undefined && { origin: String(origin) }),
    ...(isTrained && { trained: 'yes' }),
  };
  const link = shareLink(location.href, { ...settings, ...result });
  history.replaceState(null, '', link);
  const file = settings.source === 'file' ? texts.share.notTheFile : '';
  try {
    await navigator.clipboard.writeText(link);
    return `${texts.share.copied}${file}`;
  } catch {
    return `${texts.share.inAddress}${file}`;
  }
}

/** What a link said. */
export interface LinkedSettings extends LinkedResult {
  /** The settings that it names. */
  readonly names: readonly string[];
  /** What the form would not take, for the reader. */
  readonly problem: string | undefined;
}

/** Fills the form from the page's own address. */
export function applyLink(form: HTMLFormElement): LinkedSettings {
  const settings = settingsFromLink(location.href);
  const refused = writeSettings(form, settings).map(({ name }) => name);
  const origin = Number(settings.origin);
  return {
    column: settings.column,
    origin: Number.isSafeInteger(origin) && origin > 0 ? origin : undefined,
    isTrained: settings.trained === 'yes',
    names: Object.keys(settings).filter((name) => !refused.includes(name)),
    problem: refused.length === 0 ? undefined : texts.share.refused(refused.join(', ')),
  };
}
