// What stands where on the site: pages of its own (`pages/`), and documents of the repository, which are taken as they are.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { members, root } from '../../scripts/workspace.mjs';

const guides = [
  'train-on-your-text',
  'forecast-your-csv',
  'model-in-a-web-page',
  'your-own-tfjs-model',
  'pytorch',
  'classification-and-tagging',
  'sequence-to-sequence',
  'n-gram-baselines',
  'resume-and-reproduce',
];

/** The chapter's sections, in its order. */
export const sections = [
  'sequence',
  'text',
  'language-models',
  'rnn',
  'rnn-scratch',
  'rnn-concise',
  'bptt',
  'modern',
  'seq2seq',
  'ptb',
];

/** The packages that are published, in the order of the layers that use them: what a reader wants first comes first. */
export const packages = members()
  .filter(({ folder, manifest }) => folder.startsWith('packages/') && !manifest.private)
  .map(({ name, folder, manifest }) => ({ name, folder, manifest }));

/**
 * Documents of the repository by their page: `guides/growing.md` is made of `docs/growing.md`.
 * @type {Readonly<Record<string, string>>}
 */
export const documents = {
  'guides/growing.md': 'docs/growing.md',
  'guides/examples.md': 'examples/README.md',
  'guides/hosting.md': 'docs/hosting.md',
  'chapter/exercises.md': 'docs/exercises/README.md',
  ...Object.fromEntries(sections.map((name) => [`chapter/${name}.md`, `docs/exercises/${name}.md`])),
  'results/performance.md': 'docs/performance.md',
  'results/reproductions.md': 'reproductions/README.md',
  'results/reliability.md': 'docs/reliability.md',
  'commands/generate.md': 'apps/char-generator/README.md',
  'commands/forecast.md': 'apps/sine-forecast/README.md',
  ...Object.fromEntries(packages.map(({ name, folder }) => [`packages/${name}.md`, `${folder}/README.md`])),
  'project/architecture.md': 'docs/architecture.md',
  'project/contributing.md': 'CONTRIBUTING.md',
  'project/security.md': 'SECURITY.md',
  'project/decisions/index.md': 'docs/decisions/README.md',
  ...Object.fromEntries(
    readdirSync(join(root, 'docs/decisions'))
      .filter((file) => /^\d.*\.md$/.test(file))
      .map((file) => [`project/decisions/${file}`, `docs/decisions/${file}`]),
  ),
};

/**
 * The menu beside the pages. Items are pages; their titles are those of the pages.
 * @param {readonly { page: string, name: string }[]} entries  entry points of the API reference
 * @returns {{ text: string, pages: string[] }[]}
 */
export function menu(entries) {
  return [
    { text: 'Start', pages: ['start.md', 'coming-from.md'] },
    {
      text: 'Guides',
      pages: [
        ...guides.map((name) => `guides/${name}.md`),
        'guides/growing.md',
        'guides/examples.md',
        'guides/hosting.md',
      ],
    },
    {
      text: 'The chapter',
      pages: ['chapter/index.md', ...sections.map((name) => `chapter/${name}.md`), 'chapter/exercises.md'],
    },
    {
      text: 'Results',
      pages: [
        'results/index.md',
        'results/performance.md',
        'results/reproductions.md',
        'results/reliability.md',
      ],
    },
    { text: 'Commands', pages: ['commands/generate.md', 'commands/forecast.md'] },
    { text: 'Packages', pages: packages.map(({ name }) => `packages/${name}.md`) },
    { text: 'API reference', pages: ['api/index.md', ...entries.map(({ page }) => `api/${page}.md`)] },
    {
      text: 'Project',
      pages: [
        'project/architecture.md',
        'project/decisions/index.md',
        'project/contributing.md',
        'project/security.md',
      ],
    },
  ];
}
