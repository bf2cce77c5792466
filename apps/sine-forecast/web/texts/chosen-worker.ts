import { chosenLanguage, type Language, NumberTexts } from '@throughtime/web-page';
import { enWorker, type WorkerTexts } from './en.js';
import { ptWorker } from './pt.js';

const all: Readonly<Record<Language, WorkerTexts>> = { en: enWorker, 'pt-BR': ptWorker };

/** The language that the page gave this worker as its name. */
const language = chosenLanguage();

/** All that the worker says, in the page's language. */
export const workerTexts = all[language];

export const numbers = new NumberTexts(language);
