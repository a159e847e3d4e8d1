import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  allWorkerFolders,
  forgetRetired,
  retire,
  workerNumbers,
} from '../../../server/clusters/workerFolders.ts';

describe('clusters/workerFolders', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sparkdeck-workers-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const have = (...numbers: number[]): void => {
    for (const number of numbers) mkdirSync(join(folder, `worker-${number}`, 'work'), { recursive: true });
  };

  it('counts from 1', () => {
    assert.deepEqual(workerNumbers(join(folder, 'none'), 2), { active: [1, 2], leaving: [] });
  });

  it('adds to what is there, and shows what is too many', () => {
    have(1, 2, 10);
    assert.deepEqual(workerNumbers(folder, 4).active, [1, 2, 3, 10]);
    assert.deepEqual(workerNumbers(folder, 1).active, [1, 2, 10]);
  });

  it('gives no number twice, and goes on to end what was let go', async () => {
    have(1, 2);
    retire(folder, 1);
    assert.deepEqual(workerNumbers(folder, 1), { active: [2], leaving: [1] });
    assert.deepEqual(workerNumbers(folder, 2), { active: [2, 3], leaving: [1] });
    await forgetRetired(folder, 1);
    assert.deepEqual(workerNumbers(folder, 2), { active: [2, 3], leaving: [] });
    assert.deepEqual(
      [existsSync(join(folder, 'worker-1')), existsSync(join(folder, 'worker-1', 'work'))],
      [true, false],
    );
  });

  it('knows every worker there ever was', async () => {
    have(2, 5);
    retire(folder, 5);
    assert.deepEqual(
      allWorkerFolders(folder, 1)
        .map(path => path.slice(folder.length + 1))
        .toSorted(),
      ['worker-1', 'worker-2', 'worker-5'],
    );
  });
});
