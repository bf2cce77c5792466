import { Announcer, element, keepOffline, settingsFromLink, shareLink } from '@throughtime/web-page';
import { explain } from './explain.js';
import { ModelsPanel } from './models-panel.js';
import { TextChoice } from './text-choice.js';
import { sayTokens } from './token-words.js';
import { TrainForm } from './train-form.js';
import { TrainingClient } from './training-client.js';
import { TrainingControls, type TrainingParts } from './training-controls.js';
import { TrainingView } from './training-view.js';
import type { Environment, ModelFacts } from './worker/protocol.js';
import { WritingPanel } from './writing-panel.js';

const client = new TrainingClient();
const announcer = new Announcer(element('announcements', HTMLElement));
const form = new TrainForm(element('settings', HTMLFormElement));
const text = new TextChoice(
  (source, reading) => client.inspect(source, reading),
  () => form.reading,
);
const view = new TrainingView();
const writing = new WritingPanel(client);

const modelChanged: TrainingParts['modelChanged'] = (exists, said) => {
  if (said) sayTokens(said.kind);
  writing.setModel(exists, said?.opening ?? '');
  models.model = exists;
};
const controls = new TrainingControls({ client, form, text, view, announcer, modelChanged });
const models = new ModelsPanel({ client, busy: () => controls.busy, opened });

function opened({ kind, settings, text: ownText }: ModelFacts): void {
  controls.opened();
  modelChanged(true, { kind, opening: '' });
  if (settings) form.show(settings);
  if (ownText !== undefined) text.show(ownText);
  else text.refresh();
}

element('share', HTMLButtonElement).addEventListener('click', async () => {
  const link = shareLink(location.href, form.shared);
  history.replaceState(null, '', link);
  const note = element('share-note', HTMLElement);
  note.textContent = await navigator.clipboard.writeText(link).then(
    () => 'Copied. A text of your own is not part of it.',
    () => 'The link is in the address bar now.',
  );
});

const refused = form.fill(settingsFromLink(location.href));
if (refused.length > 0)
  element('share-note', HTMLElement).textContent =
    `The link held values that cannot be, which were left as they are here: ${refused.join(', ')}.`;
text.refresh();

client.workshop.environment().then(
  (environment) => {
    element('threads', HTMLElement).textContent = described(environment);
    controls.ready();
  },
  (error) => {
    element('threads', HTMLElement).textContent = '';
    element('problem', HTMLElement).textContent = explain(error);
  },
);

function described({ threads, cores, isolated }: Environment): string {
  if (threads > 1) return `Computes with ${threads} threads, one for each core.`;
  if (cores === 1) return 'Computes with one thread: this machine has one core.';
  if (!isolated)
    return 'Computes with one thread: the server did not send the headers (COOP and COEP) that more need.';
  return 'Computes with one thread: this browser does not share memory between threads.';
}

// After all else: nothing should wait for it.
keepOffline();
