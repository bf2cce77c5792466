import {
  Announcer,
  attachmentFromLink,
  element,
  keepOffline,
  offerLanguages,
  passOn,
  settingsFromLink,
  shareLink,
  showFooter,
  showTexts,
} from '@throughtime/web-page';
import type { TokenKind } from '../src/core/settings.js';
import { arrivalFiles, arrivalPrompt } from './arrival.js';
import { Autosave } from './autosave.js';
import { keepDraft, keptDraft } from './draft.js';
import { explain } from './explain.js';
import { LearnedPanel } from './learned-panel.js';
import { LiveControls } from './live-controls.js';
import type { ModelRecord } from './model-record.js';
import { ModelsPanel } from './models-panel.js';
import { PlanLine } from './plan-line.js';
import { Presets } from './presets.js';
import { TextChoice } from './text-choice.js';
import { language, numbers, texts } from './texts/chosen.js';
import { TrainForm } from './train-form.js';
import { TrainingClient } from './training-client.js';
import { TrainingControls, type TrainingParts } from './training-controls.js';
import { TrainingView } from './training-view.js';
import type { Environment, ModelFacts, TextFacts } from './worker/protocol.js';
import { WritingPanel } from './writing-panel.js';

document.documentElement.lang = language;
sayTokens('char');
offerLanguages(element('language', HTMLSelectElement), language);

const client = new TrainingClient();
const announcer = new Announcer(element('announcements', HTMLElement));
const plan = new PlanLine();
const form: TrainForm = new TrainForm(element('settings', HTMLFormElement), () => showPlan());
const text = new TextChoice(
  (source, reading) => client.inspect(source, reading),
  () => form.reading,
  textChosen,
);
new Presets(form);
const view = new TrainingView();
const live = new LiveControls(client);
const writing = new WritingPanel(client);
const learned = new LearnedPanel({ client, view: writing.view, source: () => text.source });
let training = false;
/** Whether there is a model that training could continue, with settings of its own. */
let continuable = false;

const modelChanged: TrainingParts['modelChanged'] = (exists, said) => {
  if (said) sayTokens(said.kind);
  writing.setModel(exists, said?.opening ?? '');
  learned.setModel(exists);
  models.model = exists;
};
const controls = new TrainingControls({
  ...{ client, form, text, view, live, announcer, modelChanged },
  phaseChanged: ({ busy, continuable: canContinue }) => {
    training = busy;
    continuable = canContinue;
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
  const { kind, settings, known, trainable, parameters, text: ownText, writing: written } = facts;
  autosave.dismiss();
  controls.opened(trainable);
  modelChanged(true, { kind, opening: '' });
  if (record) view.restore(record, texts.tokens(kind).many);
  else view.describe(parameters);
  form.show(settings ?? known);
  // A shared file says how its text was written.
  if (written) writing.fill(written);
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
  else plan.show(form.settings, continuable);
}

// In a field of a form that has no button of its own, Enter does nothing by itself.
element('settings', HTMLFormElement).addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || !(event.target instanceof HTMLInputElement)) return;
  event.preventDefault();
  controls.start();
});

element('share', HTMLButtonElement).addEventListener('click', async () => {
  const copied = await passOn(shareLink(location.href, form.shared));
  element('share-note', HTMLElement).textContent = copied ? texts.share.copied : texts.share.inAddressBar;
});

/** Takes what a link carries: settings, a prompt, and a model, which then writes what it wrote for the sender. */
async function followLink(): Promise<void> {
  const note = element('share-note', HTMLElement);
  if (controls.busy) {
    note.textContent = texts.result.busy;
    return;
  }
  const settings = settingsFromLink(location.href);
  const refused = [...form.fill(settings), ...writing.fill(settings)];
  note.textContent = refused.length > 0 ? texts.share.refused(refused.join(', ')) : '';
  text.refresh();
  try {
    const shared = attachmentFromLink(location.href);
    if (!shared || !(await models.openShared(shared))) return;
    await writing.write();
    writing.view.showSurprise();
    element('written', HTMLElement).scrollIntoView({ block: 'nearest' });
  } catch (error) {
    note.textContent = explain(error);
  }
}

const draft = keptDraft();
// A link says more of what is wanted than what was left behind.
if (draft && location.hash === '') form.fill(draft.settings);
if (draft && draft.pasted !== '') text.show(draft.pasted);
keepDraft(() => ({ settings: form.own, pasted: text.pasted }));

const brought = attachmentFromLink(location.href) !== undefined;
const followed = followLink();
addEventListener('hashchange', followLink);

const cellsStart = element('cells-start', HTMLButtonElement);
const cellsPanel = once(async () => {
  const { CellsPanel } = await import('./cells-panel.js');
  return new CellsPanel({ request: () => controls.requestNow() });
});
cellsStart.addEventListener('click', async () => (await cellsPanel()).start());

for (const button of document.querySelectorAll<HTMLButtonElement>('[data-story]'))
  button.addEventListener('click', async () => {
    const { showStep } = await import('./story.js');
    showStep(button.dataset.story ?? '', {
      fill: (settings) => form.fill(settings),
      write: (settings) => writing.fill(settings),
      showSurprise: () => writing.view.showSurprise(),
    });
  });

const resultPanel = once(async () => {
  const { ResultPanel } = await import('./result-panel.js');
  return new ResultPanel({ client, view: writing.view, note: element('result-note', HTMLElement) });
});
for (const [id, act] of [
  ['share-result', 'share'],
  ['share-file', 'hand'],
  ['save-card', 'draw'],
] as const)
  element(id, HTMLButtonElement).addEventListener('click', async () => (await resultPanel())[act]());

showFooter(element('footer', HTMLElement), texts.otherPage);

client.workshop.environment().then(
  (environment) => {
    element('threads', HTMLElement).textContent = described(environment);
    plan.cores = environment.threads;
    showPlan();
    // A link may bring a model of its own.
    (brought ? followed : arrive()).finally(() => {
      controls.ready();
      cellsStart.disabled = false;
    });
  },
  (error) => {
    element('threads', HTMLElement).textContent = '';
    element('problem', HTMLElement).textContent = explain(error);
  },
);
autosave.begin();

/** The page is alive before anything is pressed: the model that comes with it writes. */
async function arrive(): Promise<void> {
  try {
    const { facts, record } = await models.load(await arrivalFiles());
    controls.opened(false);
    modelChanged(true, { kind: facts.kind, opening: arrivalPrompt });
    if (record) view.restore(record, texts.tokens(facts.kind).many);
    element('run-facts', HTMLElement).textContent = texts.arrival.what(numbers.count(facts.parameters));
    writing.view.showSurprise();
    writing.write();
  } catch (error) {
    element('writing-problem', HTMLElement).textContent = texts.arrival.missing(explain(error));
  }
}

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

/** What is loaded when it is first wanted. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
