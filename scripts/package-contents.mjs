// What every published package must contain, so that someone who installs it alone is served.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { members, root } from './workspace.mjs';

/**
 * @param {string} base the workspace's root
 * @returns {string[]} one line for each thing that is missing or wrong
 */
export function packageBreaches(base = root) {
  const licence = readFileSync(join(base, 'LICENSE'), 'utf8');
  return members(base).flatMap(({ folder, name, manifest }) => {
    /** @type {string[]} */
    const missing = [];
    /** @param {unknown} holds @param {string} what */
    const expect = (holds, what) => {
      if (!holds) missing.push(`${folder}: ${what}`);
    };
    /** @param {string} file */
    const text = (file) =>
      existsSync(join(base, folder, file)) ? readFileSync(join(base, folder, file), 'utf8') : '';

    expect(
      manifest.name === `@throughtime/${name}`,
      `its name must be @throughtime/${name}, got ${manifest.name}`,
    );
    // A package that carries code of others under a compatible licence names both.
    expect(
      /^MIT( AND |$)/.test(manifest.license),
      `its licence must be MIT, alone or with another, got ${manifest.license}`,
    );
    expect(manifest.description, 'needs a description');
    expect(manifest.type === 'module', 'must be ESM ("type": "module")');
    expect(manifest.engines?.node === '>=20.19', 'must name engines.node ">=20.19"');
    expect(manifest.repository?.directory === folder, `repository.directory must be ${folder}`);
    expect(
      text('README.md').startsWith(folder.startsWith('apps/') ? '# ' : `# @throughtime/${name}`),
      'README.md must open with its name',
    );
    if (manifest.private) return missing;

    expect(text('LICENSE') === licence, 'LICENSE must be the same as the root one');
    expect(
      (manifest.keywords ?? []).length >= 3,
      'needs three keywords at least: the words that users search for',
    );
    expect(
      manifest.homepage === `https://github.com/throughtime/throughtime/tree/main/${folder}#readme`,
      'homepage must be its README',
    );
    expect(
      manifest.bugs === 'https://github.com/throughtime/throughtime/issues',
      'bugs must be the list of issues',
    );
    // npm adds README and LICENSE by itself, but not this; `npm run version-packages` writes it.
    expect(manifest.files?.includes('CHANGELOG.md'), 'files must name CHANGELOG.md');
    expect(manifest.publishConfig?.access === 'public', 'publishConfig.access must be public');
    if (folder.startsWith('apps/')) {
      const [command] = Object.keys(manifest.publishConfig?.bin ?? {});
      expect(command?.startsWith('throughtime-'), 'publishConfig.bin must name a command throughtime-...');
      expect(
        /bundle-command\.mjs$/.test(manifest.scripts?.prepack ?? ''),
        'prepack must be bundle-command.mjs',
      );
      expect(text('README.md').includes(`npx ${manifest.name} `), `README.md must say npx ${manifest.name}`);
      return missing;
    }
    expect(/^```ts$/m.test(text('README.md')), 'README.md needs a complete example (a ```ts block)');
    expect(manifest.sideEffects !== undefined, 'must say which files have side effects ("sideEffects")');
    expect(manifest.scripts?.['package-lint'], 'needs a package-lint script');
    for (const [entry, target] of Object.entries(manifest.exports ?? {})) {
      if (typeof target === 'string') continue;
      expect(
        target['@throughtime/source'] && target.types && target.default,
        `exports["${entry}"] needs @throughtime/source, types and default`,
      );
    }
    return missing;
  });
}
