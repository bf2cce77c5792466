/** What is to be said of a series, as data: the command says it in English, the page in its reader's language. */
export type SeriesNote =
  /** Where the data come from. */
  | { readonly kind: 'source'; readonly name: string; readonly title: string; readonly rights: string }
  /** How a file was read, in the words of what reads it, which are English everywhere. */
  | { readonly kind: 'reading'; readonly summary: string }
  /** Rows are taken as equal steps, whatever their time stamps say. */
  | { readonly kind: 'uneven' }
  /** `added` times have no row, and no value. */
  | { readonly kind: 'absent'; readonly added: number }
  /** The same of several series on one line of times. */
  | {
      readonly kind: 'absent in panel';
      readonly series: number;
      readonly times: number;
      readonly added: number;
    }
  /** `missing` values were filled in. */
  | { readonly kind: 'filled'; readonly missing: number }
  /** A series never changes; `others` more do not either. */
  | { readonly kind: 'constant'; readonly name: string; readonly value: number; readonly others: number };

/** A note as a sentence. */
export function noteInWords(note: SeriesNote): string {
  switch (note.kind) {
    case 'source':
      return `${note.title}. ${note.rights}.`;
    case 'reading':
      return note.summary;
    case 'uneven':
      return 'The time stamps are not evenly spaced: rows are taken as equal steps.';
    case 'absent':
      return `${note.added} ${note.added === 1 ? 'time has no row: its value is' : 'times have no row: their values are'} missing`;
    case 'absent in panel':
      return `${note.series} series on one line of ${note.times} times: ${note.added} of their values have no row and are missing`;
    case 'filled':
      return `${note.missing} missing values were filled in with straight lines between their neighbors.`;
    case 'constant': {
      const more = note.others === 0 ? '' : ` (and ${note.others} other series never change)`;
      return `${note.name} is ${note.value} throughout${more}: so is every forecast, and no error can be scaled.`;
    }
  }
}
