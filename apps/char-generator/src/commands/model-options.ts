// Options of the commands that read a model; free of what reads it, so that help comes at once.

/** For the commands that read a model. */
export const acceptDamageOption = [
  '--accept-damage',
  'read a model whose data do not match their checksum: the numbers may be wrong',
] as const;

/** For the commands that read a model. */
export const int8Option = [
  '--int8',
  'round weights to a byte each, with a scale for each row: a large recurrent model generates faster; a model saved so is read so anyway',
] as const;

/** What unknown words are where an ARPA file has no `<unk>`: as improbable as KenLM has them, or not counted as by SRILM. */
export const unknownWords = ['kenlm', 'srilm'] as const;
export type UnknownWords = (typeof unknownWords)[number];
