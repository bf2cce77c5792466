import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { billOfMaterials } from './release-files.mjs';
import { root } from './workspace.mjs';

/** @param {string} file */
const read = (file) => readFileSync(join(root, file), 'utf8');
const workflows = readdirSync(join(root, '.github/workflows')).map((file) => `.github/workflows/${file}`);

describe('what comes from others is pinned', () => {
  it.each(workflows)('actions by commit: %s', (file) => {
    const uses = [...read(file).matchAll(/uses: (.*)/g)].map(([, action]) => action);
    expect(uses.length).toBeGreaterThan(0);
    for (const action of uses) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it('pnpm by its hash, the same in both places', () => {
    const [, version, hex] = /** @type {RegExpExecArray} */ (
      /^pnpm@([\d.]+)\+sha512\.([0-9a-f]{128})$/.exec(JSON.parse(read('package.json')).packageManager)
    );
    const locked = JSON.parse(read('scripts/pnpm/package-lock.json')).packages['node_modules/pnpm'];
    expect(locked.version).toBe(version);
    expect(locked.integrity).toBe(`sha512-${Buffer.from(hex, 'hex').toString('base64')}`);
  });

  it('dependencies by theirs, three days old', () => {
    const lockfile = read('pnpm-lock.yaml');
    const resolutions = [...lockfile.matchAll(/^ {4}resolution: (.*)$/gm)].map(
      ([, resolution]) => resolution,
    );
    expect(resolutions.length).toBeGreaterThan(300);
    for (const resolution of resolutions) expect(resolution).toMatch(/^\{integrity: sha512-[^,]+\}$/);
    expect(read('pnpm-workspace.yaml')).toMatch(/^minimumReleaseAge: 4320$/m);
    expect(read('.github/dependabot.yml')).toContain('default-days: 3');
  });
});

describe('the job that publishes', () => {
  const jobs = read('.github/workflows/release.yml').split(/^ {2}(?=\w+:$)/m);
  /** @param {string} name */
  const job = (name) => jobs.find((text) => text.startsWith(`${name}:`)) ?? '';

  it('has its token alone, and no code but npm beside it', () => {
    expect(job('publish')).toContain('id-token: write');
    expect(job('publish')).not.toMatch(/checkout|contents: write|npm run|\.ci\/run/);
    for (const name of ['test', 'version', 'record']) expect(job(name)).not.toContain('id-token');
  });

  it('is apart from the one that tests, which may write nothing', () => {
    expect(job('test')).toContain('.ci/run');
    expect(job('test')).not.toContain('write');
    for (const file of workflows) {
      const checkouts = read(file).match(/uses: actions\/checkout/g) ?? [];
      expect(read(file).match(/persist-credentials: false/g)).toHaveLength(checkouts.length);
    }
  });
});

it('the bill of materials names each dependency once, with version, licence and hash', () => {
  const b = { from: 'b', version: '2.0.0', path: 'b' };
  const listed = [
    {
      name: '@t/one',
      version: '1.0.0',
      path: 'one',
      dependencies: { '@s/a': { from: '@s/a', version: '1.2.3', path: 'a', dependencies: { b } }, b },
    },
    {
      name: '@t/two',
      version: '1.0.0',
      path: 'two',
      dependencies: { '@t/one': { version: 'link:../one', path: 'one' } },
    },
  ];
  const lockfile =
    "packages:\n\n  '@s/a@1.2.3':\n    resolution: {integrity: sha512-/w==}\n\n  b@2.0.0:\n    resolution: {integrity: sha512-AA==}\n";
  const bom = billOfMaterials(listed, lockfile, (path) => ({ license: path === 'b' ? 'ISC' : 'MIT' }));
  expect(bom.components).toHaveLength(4);
  expect(bom.components).toContainEqual({
    type: 'library',
    'bom-ref': '@s/a@1.2.3',
    name: '@s/a',
    version: '1.2.3',
    purl: 'pkg:npm/%40s/a@1.2.3',
    licenses: [{ expression: 'MIT' }],
    hashes: [{ alg: 'SHA-512', content: 'ff' }],
  });
  expect(bom.components).toContainEqual(
    expect.objectContaining({ name: 'b', licenses: [{ expression: 'ISC' }] }),
  );
});
