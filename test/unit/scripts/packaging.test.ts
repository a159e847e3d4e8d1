import assert from 'node:assert/strict';
import { packageFaults } from '../../../scripts/packageFaults.ts';
import { bundledPackages } from '../../../scripts/thirdPartyNotices.ts';

const needed = ['extension.cjs', 'backend.mjs', 'cli.mjs', 'page.html', 'page.js'].map(
  name => `extension/dist/${name}`,
);

describe('packageFaults', () => {
  it('is content with bundles, manifest and media', () => {
    assert.deepEqual(
      packageFaults([...needed, 'extension/package.json', 'extension/media/icon.png'], 900_000),
      [],
    );
  });

  for (const path of [
    'extension/src/extension.ts',
    'extension/dist/extension.cjs.map',
    'extension/test/fixtures/words.txt',
    'extension/node_modules/execa/index.js',
    'extension/server/process/launch.sh',
  ]) {
    it(`refuses ${path}`, () => {
      assert.match(packageFaults([...needed, path], 900_000).join('\n'), new RegExp(`^${path} is a source`));
    });
  }

  it('refuses one without a bundle, and one of more than 2 MB', () => {
    assert.deepEqual(packageFaults(needed.slice(1), 2_000_001), [
      'dist/extension.cjs is missing.',
      'It has 2000001 bytes; 2000000 are allowed.',
    ]);
  });
});

describe('bundledPackages', () => {
  it('names each package once, nested and scoped ones too, and no file of our own', () => {
    const inputs = [
      'src/extension.ts',
      'node_modules/undici/index.js',
      'node_modules/undici/lib/api.js',
      'node_modules/@vscode/l10n/dist/main.js',
      'node_modules/execa/node_modules/get-stream/index.js',
    ];
    assert.deepEqual(bundledPackages(inputs), [
      'node_modules/@vscode/l10n',
      'node_modules/execa/node_modules/get-stream',
      'node_modules/undici',
    ]);
  });
});
