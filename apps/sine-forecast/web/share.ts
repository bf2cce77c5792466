import {
  attachmentFromLink,
  longestAttachment,
  offerDownload,
  passOn,
  type Settings,
  settingsFromLink,
  shareLink,
  writeSettings,
} from '@throughtime/web-page';
import { explain } from './explain.js';
import { numbers, texts } from './texts/chosen.js';

/** What a link may hold beside the form's settings. */
export interface LinkedResult {
  /** Column of an embedded series. */
  readonly column: string | undefined;
  /** Where the forecast begins. */
  readonly origin: number | undefined;
  /** Whether the model is trained on arrival: from the same seed it gives the same forecast. */
  readonly isTrained: boolean;
  /** The trained model, which then need not be trained. */
  readonly model: Uint8Array | undefined;
}

/** What someone shares. */
export interface Shared {
  readonly settings: Settings;
  /** Packed, where one is trained with these settings on data that everyone has. */
  readonly model: Uint8Array | undefined;
}

/** The form's settings with what leads to the same result. */
export function sharedSettings(
  settings: Settings,
  { origin, isTrained }: Pick<LinkedResult, 'origin' | 'isTrained'>,
): Settings {
  return {
    ...settings,
    ...(origin !== undefined && { origin: String(origin) }),
    ...(isTrained && { trained: 'yes' }),
  };
}

/**
 * Puts a link into the address bar and, where the browser allows, the clipboard.
 * @returns what is to be said of it, and whether the model was too large for it
 */
export async function share({ settings, model }: Shared): Promise<{ said: string; isTooLarge: boolean }> {
  const isTooLarge = model !== undefined && model.length > longestAttachment;
  const link = shareLink(location.href, settings, isTooLarge ? undefined : model);
  const copied = (await passOn(link)) ? texts.share.copied : texts.share.inAddress;
  const kilobytes = (bytes: number) => numbers.count(Math.ceil(bytes / 1000));
  const carried = () => {
    if (settings.source === 'file') return texts.share.notTheFile;
    if (model === undefined) return '';
    return isTooLarge
      ? texts.share.tooLarge(kilobytes(model.length), kilobytes(longestAttachment))
      : texts.share.withModel(numbers.count(link.length));
  };
  return { said: `${copied}${carried()}`, isTooLarge };
}

/** Hands out a packed model as a file. */
export function saveShared(model: Uint8Array<ArrayBuffer>): string {
  offerDownload(texts.share.fileName, model, 'application/zip');
  return texts.share.file;
}

/** What a link or a shared file said. */
export interface LinkedSettings extends LinkedResult {
  /** The settings that it names. */
  readonly names: readonly string[];
  /** What the form would not take, for the reader. */
  readonly problem: string | undefined;
}

/** Fills the form from the page's own address. */
export function applyLink(form: HTMLFormElement): LinkedSettings {
  let model: Uint8Array | undefined;
  let damage: string | undefined;
  try {
    model = attachmentFromLink(location.href);
  } catch (error) {
    damage = explain(error);
  }
  const applied = applySettings(form, settingsFromLink(location.href), model);
  return { ...applied, problem: damage ?? applied.problem };
}

/** Fills the form from settings that come from elsewhere, with the model that comes along. */
export function applySettings(
  form: HTMLFormElement,
  settings: Settings,
  model: Uint8Array | undefined,
): LinkedSettings {
  const refused = writeSettings(form, settings).map(({ name }) => name);
  const origin = Number(settings.origin);
  return {
    column: settings.column,
    origin: Number.isSafeInteger(origin) && origin > 0 ? origin : undefined,
    isTrained: settings.trained === 'yes',
    model,
    names: Object.keys(settings).filter((name) => !refused.includes(name)),
    problem: refused.length === 0 ? undefined : texts.share.refused(refused.join(', ')),
  };
}
