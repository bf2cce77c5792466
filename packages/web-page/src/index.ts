export { Announcer } from './announcer.js';
export { created, element, hint } from './elements.js';
export { drawInFrame, framesDrawn } from './frame-queue.js';
export { keepOffline } from './keep-offline.js';
export { chosenLanguage, type Language, rememberLanguage } from './language.js';
export { offerLanguages } from './language-switch.js';
export { LiveCurve } from './live-curve.js';
export type { LiveCurveLine, LiveCurveOptions } from './live-curve-options.js';
export { htmlWithTexts, type MarkupTexts, showTexts } from './markup-texts.js';
export { NumberTexts } from './number-texts.js';
export { type OtherPage, showFooter } from './page-footer.js';
export { problemKind } from './problem-kind.js';
export { type FileSet, offerDownload, SavedFiles, wholeFile } from './saved-files.js';
export { type RefusedSetting, readSettings, type Settings, writeSettings } from './settings.js';
export {
  attachmentFromLink,
  DamagedLinkError,
  longestAttachment,
  passOn,
  settingsFromLink,
  shareLink,
} from './share-link.js';
export { decodeSettings, encodeSettings, sharedArchive } from './shared-archive.js';
export {
  FileProblem,
  readFileBytes,
  readTextFile,
  type TextFileOptions,
} from './text-file.js';
