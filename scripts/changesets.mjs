// Changesets name packages that are published, and no others: `npm run version-packages` refuses one that names a private package beside them.
// And no published package has another of ours as a peer: a minor version of the peer would make its own next version a major one.
// It first runs this file, which has the commands released with the packages that they carry.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { members, root } from './workspace.mjs';

/**
 * @param {string} base the workspace's root
 * @returns {string[]} one line for each fault
 */
export function changesetBreaches(base = root) {
  const manifests = members(base)
    .filter(({ manifest }) => !manifest.private)
    .map(({ folder, manifest }) => ({ folder, manifest }));
  const published = manifests.map(({ manifest }) => manifest.name);
  const peers = manifests.flatMap(({ folder, manifest }) =>
    Object.keys(manifest.peerDependencies ?? {})
      .filter((peer) => published.includes(peer))
      .map(
        (peer) =>
          `${folder}/package.json: ${peer} is a peer: make it a dependency, or each version becomes a major one`,
      ),
  );
  const folder = join(base, '.changeset');
  const faults = readdirSync(folder)
    .filter((file) => file.endsWith('.md') && file !== 'README.md')
    .flatMap((file) => {
      const [, head = '', text = ''] = readFileSync(join(folder, file), 'utf8').split(/^---$/m);
      const lines = head.split('\n').filter((line) => line.trim() !== '');
      const faults = lines.flatMap((line) => {
        const [, name, bump] = /^["']?([^"':]+)["']?: (major|minor|patch)$/.exec(line.trim()) ?? [];
        if (bump === undefined) return [`expected 'package': major, minor or patch, got ${line.trim()}`];
        return published.includes(name) ? [] : [`${name} is private, or not here`];
      });
      if (lines.length === 0) faults.push('expected a package');
      if (text.trim() === '') faults.push('expected what changes for users');
      return faults.map((fault) => `.changeset/${file}: ${fault}`);
    });
  return [...peers, ...faults];
}

/**
 * Writes the changeset of the apps, when there is any: a command carries the packages (bundle-command.mjs), so a change of one reaches users
 * of the command with a new version of it. Its dependencies do not tell.
 * @param {string} base the workspace's root
 */
export function carryChangesets(base = root) {
  const folder = join(base, '.changeset');
  const own = 'carried-packages.md';
  const others = readdirSync(folder).filter(
    (file) => file.endsWith('.md') && file !== 'README.md' && file !== own,
  );
  const apps = members(base).filter(
    ({ folder, manifest }) => folder.startsWith('apps/') && !manifest.private,
  );
  if (others.length === 0 || apps.length === 0) return;
  const lines = apps.map(({ manifest }) => `'${manifest.name}': patch`);
  const text = 'Carries the packages of this release.';
  writeFileSync(join(folder, own), ['---', ...lines, '---', '', text, ''].join('\n'));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) carryChangesets();
