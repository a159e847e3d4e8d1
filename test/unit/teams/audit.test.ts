import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SparkdeckError } from '../../../server/protocol/errors.ts';
import { openDatabase } from '../../../server/store/database.ts';
import { Audit } from '../../../server/teams/audit.ts';
import type { Identity } from '../../../server/teams/identity.ts';

describe('teams/audit', () => {
  let folder: string;
  let database: DatabaseSync;
  let now = Date.UTC(2026, 0, 1);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sparkdeck-audit-'));
    ({ database } = openDatabase(folder));
  });
  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const viewer: Identity = { who: 'token 1', team: 'a', role: 'viewer' };
  const other: Identity = { who: 'token 2', team: 'b', role: 'submitter' };
  const refused = async (audit: Audit, identity: Identity, subject?: string): Promise<void> =>
    assert.rejects(
      audit.record(identity, 'batch/kill', subject, () => {
        throw new SparkdeckError('token.forbidden', 'no');
      }),
      { code: 'token.forbidden' },
    );

  it('writes refusals of one caller down until it is clear that there are more', async () => {
    const audit = new Audit(database, () => undefined, { now: () => now });
    for (let count = 0; count < 500; count++) await refused(audit, viewer, `batch ${count}`);
    await refused(audit, other);
    now += 3_600_000;
    await refused(audit, viewer);
    await audit.record(viewer, 'batch/submit', 'batch 7', () => undefined);
    const entries = audit.list({ limit: 1000 });
    const written = entries.filter(({ who, outcome }) => who === viewer.who && outcome !== 'done');
    assert.equal(written.shift()?.subject, undefined, 'another hour');
    assert.equal(written.length, 100);
    assert.equal(written[0]?.subject, 'batch 99 (what follows in this hour is in the log alone)');
    assert.deepEqual(
      entries.slice(0, 3).map(({ who, outcome }) => [who, outcome]),
      [
        ['token 1', 'done'],
        ['token 1', 'token.forbidden'],
        ['token 2', 'token.forbidden'],
      ],
    );
  });

  it('forgets the oldest of whoever has the most, and nobody else', async () => {
    const audit = new Audit(database, () => undefined, { kept: 500 });
    await audit.record(other, 'batch/submit', 'batch 1', () => undefined);
    for (let count = 1; count < 1000; count++)
      await audit.record(viewer, 'batch/kill', `batch ${count}`, () => undefined);
    const entries = audit.list({ limit: 1000 });
    assert.equal(entries.length, 500);
    assert.deepEqual([entries[0]?.subject, entries.at(-1)?.who], ['batch 999', other.who]);
  });
});
