// Changesets name packages that are published, and no others: `npm run version-packages` refuses one that names a private package beside them.
// And no published package has another of ours as a peer: a minor version of the peer would make its own next version a major one.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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
