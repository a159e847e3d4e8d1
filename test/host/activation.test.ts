import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { activated } from './insight.ts';

describe('activation', () => {
  it('gives control back within 50 ms', async () => {
    const { insight } = await activated();
    assert.ok(insight.activationTime < 50, `It took ${insight.activationTime} ms.`);
  });

  it('starts no backend until something is asked for', async () => {
    const { insight } = await activated();
    assert.equal(insight.backendState(), 'idle');
    const folder = process.env['SPARKDECK_HOME'];
    assert.ok(folder);
    assert.equal(existsSync(join(folder, 'backend.sock')), false);
  });

  it('registers the commands of the manifest and no others', async () => {
    const { manifest } = await activated();
    const registered = (await vscode.commands.getCommands(true)).filter(
      // VS Code makes commands of its own for each view: sparkdeck.jobs.focus.
      command => /^sparkdeck\.\w+$/.test(command),
    );
    const contributed = manifest.contributes.commands.map(({ command }) => command);
    assert.deepEqual(registered.toSorted(), contributed.toSorted());
  });

  it('leaves what runs code to trusted workspaces', async () => {
    const { manifest } = await activated();
    const restricted = manifest.contributes.commands.filter(
      ({ enablement }) => enablement === 'isWorkspaceTrusted',
    );
    assert.deepEqual(
      restricted.map(({ command }) => command),
      [
        'sparkdeck.submitFile',
        'sparkdeck.submitFileWith',
        'sparkdeck.submitSelected',
        'sparkdeck.submitSelectedWith',
        'sparkdeck.startCluster',
        'sparkdeck.rerunJob',
        'sparkdeck.rerunJobWith',
        'sparkdeck.installSpark',
      ],
    );
  });
});
