import type { Settings } from '@throughtime/web-page';

/** What a person has set and pasted, before anything was trained. */
export interface Draft {
  readonly settings: Settings;
  readonly pasted: string;
}

const key = 'throughtime-char-generator-draft';

/** Keeps a tab's draft when the page goes: a reload or the back button brings it back, another visit begins again. */
export function keepDraft(draft: () => Draft): void {
  addEventListener('pagehide', () => {
    try {
      sessionStorage.setItem(key, JSON.stringify(draft()));
    } catch {
      // A text of megabytes finds no room: the person has it elsewhere.
    }
  });
}

/** The draft of this tab; undefined where there is none. */
export function keptDraft(): Draft | undefined {
  const kept = sessionStorage.getItem(key);
  return kept === null ? undefined : JSON.parse(kept);
}
