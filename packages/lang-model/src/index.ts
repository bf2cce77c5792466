export type { LanguageModel } from './language-model.js';
