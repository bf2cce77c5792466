import {
  Announcer,
  element,
  keepOffline,
  offerLanguages,
  settingsFromLink,
  shareLink,
  showTexts,
} from '@throughtime/web-page';
import type { TokenKind } from '../src/core/settings.js';
import { Autosave } from './autosave.js';
import { explain } from './explain.js';
import { LearnedPanel } from './learned-panel.js';
import { LiveControls } from './live-controls.js';
import type { ModelRecord } from './model-record.js';
import { ModelsPanel } from './models-panel.js';
import { PlanLine } from './plan-line.js';
import { TextChoice } from './text-choice.js';
import { language, languageNames, numbers, texts } from './texts/chosen.js';
import { TrainForm } from './train-form.js';
import { TrainingClient } from './training-client.js';
import { TrainingControls, type TrainingParts } from './training-controls.js';
import { TrainingView } from './training-view.js';
import type { Environment, ModelFacts, TextFacts } from './worker/protocol.js';
import { WritingPanel } from './writing-panel.js';

document.documentElement.lang = language;
sayTokens('char');
offerLanguages(element('language', HTMLSelectElement), languageNames, language);

const client = new TrainingClient();
const announcer = new Announcer(element('announcements', HTMLElement));
const plan = new PlanLine();
const form: TrainForm = new TrainForm(element('settings', HTMLFormElement), () => showPlan());
const text = new TextChoice(
  (source, reading) => client.inspect(source, reading),
  () => form.reading,
  textChosen,
);
const view = new TrainingView();
const live = new LiveControls(client);
const writing = new WritingPanel(client);
const learned = new LearnedPanel({ client, view: writing.view, source: () => text.source });
let training = false;

const modelChanged: TrainingParts['modelChanged'] = (exists, said) => {
  if (said) sayTokens(said.kind);
  writing.setModel(exists, said?.opening ?? '');
  learned.setModel(exists);
  models.model = exists;
};
const controls = new TrainingControls({
  ...{ client, form, text, view, live, announcer, modelChanged },
  phaseChanged: (busy) => {
    training = busy;
    form.locked = busy;
    showPlan();
    if (busy) autosave.dismiss();
  },
  learned: (rests) => autosave.keep(rests),
});
const models = new ModelsPanel({ client, busy: () => controls.busy, record: () => view.record, opened });
const autosave = new Autosave({
  files: () => models.files(),
  restore: async (files) => {
    await models.show(files);
  },
  failed: (error) => {
    element('models-problem', HTMLElement).textContent = texts.autosave.failed(explain(error));
  },
});

function opened(facts: ModelFacts, record: ModelRecord | undefined): void {
  const { kind, settings, known, trainable, parameters, text: ownText } = facts;
  autosave.dismiss();
  controls.opened(trainable);
  modelChanged(true, { kind, opening: '' });
  if (record) view.restore(record, texts.tokens(kind).many);
  else view.describe(parameters);
  form.show(settings ?? known);
  if (ownText !== undefined) text.show(ownText);
  else text.refresh();
}

function textChosen(facts: TextFacts | undefined): void {
  const size = facts && { ...facts, kind: form.reading.tokens };
  plan.size = size;
  if (size) form.follow(size);
  else showPlan();
}

function showPlan(): void {
  if (training) plan.locked();
  else plan.show(form.settings);
}

// In a field of a form that has no button of its own, Enter does nothing by itself.
element('settings', HTMLFormElement).addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || !(event.target instanceof HTMLInputElement)) return;
  event.preventDefault();
  controls.start();
});

element('share', HTMLButtonElement).addEventListener('click', async () => {
  const link = shareLink(location.href, form.shared);
  history.replaceState(null, '', link);
  const note = element('share-note', HTMLElement);
  note.textContent = await navigator.clipboard.writeText(link).then(
    () => texts.share.copied,
    () => texts.share.inAddressBar,
  );
});

const refused = form.fill(settingsFromLink(location.href));
if (refused.length > 0)
  element('share-note', HTMLElement).textContent = texts.share.refused(refused.join(', '));
text.refresh();

client.workshop.environment().then(
  (environment) => {
    element('threads', HTMLElement).textContent = described(environment);
    plan.cores = environment.threads;
    showPlan();
    controls.ready();
  },
  (error) => {
    element('threads', HTMLElement).textContent = '';
    element('problem', HTMLElement).textContent = explain(error);
  },
);
autosave.begin();

function described({ threads, cores, isolated }: Environment): string {
  if (threads > 1) return texts.environment.threads(numbers.count(threads));
  if (cores === 1) return texts.environment.oneCore;
  return isolated ? texts.environment.noSharing : texts.environment.notIsolated;
}

/** Makes the page speak of the tokens of the model that it shows: characters, words or pieces. */
function sayTokens(kind: TokenKind): void {
  showTexts(document, texts.markup, texts.tokens(kind));
}

// After all else: nothing should wait for it.
keepOffline();
