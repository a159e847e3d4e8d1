import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { BatchTable, type NewBatch } from '../../../server/batches/batchTable.ts';
import { Changes } from '../../../server/store/changes.ts';
import { markFilled, openDatabase } from '../../../server/store/database.ts';
import { migrations } from '../../../server/store/migrations.ts';

const fresh: NewBatch = {
  request: { file: '/x.py', args: ['ä'] },
  name: 'x',
  master: 'local[1]',
  runtime: {
    java: { home: '/java', version: 17, fullVersion: '17.0.1', source: 'PATH' },
    spark: { home: '/spark', version: '4.3.0', source: 'SPARK_HOME' },
    python: { path: '/python', version: '3.12.1', source: 'PATH' },
  },
  uiPort: 4040,
};

describe('batches/batchTable', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'sparkdeck-table-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));
  const folder = (): string => join(root, 'batches');
  const open = (): { table: BatchTable; database: DatabaseSync; isNew: boolean; notices: string[] } => {
    const opened = openDatabase(root);
    return { ...opened, table: new BatchTable(opened.database, new Changes(), folder(), () => undefined) };
  };

  it('leaves secrets out of the records, and has them again when the table is made anew from these', () => {
    const secret: NewBatch = {
      ...fresh,
      request: { file: '/x.py', args: ['--password', 'hunter2'], conf: { 'spark.a.token': 'abc123' } },
    };
    const first = open();
    const { batch } = first.table.add(secret);
    const plain = first.table.add(fresh).batch;
    first.table.update(batch.id, { state: 'dead', reason: 'hunter2 is wrong' });
    first.database.close();
    assert.doesNotMatch(readFileSync(join(batch.folder, 'record.json'), 'utf8'), /hunter2|abc123/);
    assert.equal(statSync(join(batch.folder, 'secrets.json')).mode & 0o777, 0o600);
    assert.ok(!existsSync(join(plain.folder, 'secrets.json')), 'none, when nothing is secret');

    rmSync(join(root, 'sparkdeck.sqlite'));
    const second = open();
    second.table.restore();
    assert.deepEqual(second.table.find(batch.id)?.batch.request, secret.request);
    assert.deepEqual(second.table.find(plain.id)?.batch.request, fresh.request);
    second.database.close();
  });

  it('keeps states with their times, and a queue in order', () => {
    const { table, database } = open();
    const ids = [1, 2, 3].map(() => table.add(fresh).batch.id);
    table.reorder([3, 1, 2]);
    assert.deepEqual(table.queue(), [3, 1, 2]);
    table.update(1, { state: 'starting', attempt: 1 });
    const ended = table.update(1, { state: 'dead', reason: 'why', exitCode: 3 });
    assert.deepEqual(
      ended.batch.transitions.map(({ state }) => state),
      ['not_started', 'starting', 'dead'],
    );
    assert.deepEqual([ended.batch.reason, ended.batch.exitCode], ['why', 3]);
    assert.deepEqual(
      [...table.ended()].map(({ id }) => id),
      [1],
    );
    assert.deepEqual(
      table.list({ limit: 10, states: ['not_started'] }).map(({ batch }) => batch.id),
      [3, 2],
    );
    assert.deepEqual(
      table.list({ limit: 1, before: 3 }).map(({ batch }) => batch.id),
      [2],
    );
    assert.deepEqual(ids, [1, 2, 3]);
    database.close();
  });

  it('counts by team, cluster and state, whatever is added, changed and removed', () => {
    const { table, database } = open();
    const states = ['not_started', 'starting', 'running', 'success', 'dead', 'killed'] as const;
    for (let index = 0; index < 60; index++) {
      const team = [undefined, 'a', 'b'][index % 3];
      const cluster = [undefined, 'x'][index % 2];
      const { id } = table.add({
        ...fresh,
        ...(team !== undefined && { team }),
        ...(cluster !== undefined && { cluster }),
      }).batch;
      const state = states[index % 5];
      if (state) table.update(id, { state, reason: 'why' });
      if (index % 4 === 0) table.setBytes(id, index);
      if (index % 7 === 0) table.remove([id]);
    }
    const scanned = (condition: string): number =>
      Number(database.prepare(`SELECT count(*) AS n FROM batches WHERE ${condition}`).get()?.['n']);
    assert.equal(table.count(), scanned('true'));
    assert.equal(table.count('a'), scanned("team = 'a'"));
    assert.equal(table.count(undefined, 'x'), scanned("cluster = 'x'"));
    assert.equal(table.count('b', 'x'), scanned("team = 'b' AND cluster = 'x'"));
    assert.deepEqual(
      Object.fromEntries(table.countByState()),
      Object.fromEntries(
        states.map(state => [state, scanned(`state = '${state}'`)] as const).filter(([, n]) => n > 0),
      ),
    );
    const bytes = [...table.ended()].reduce((sum, each) => sum + each.bytes, 0);
    assert.deepEqual(table.sumOfEnded(), { count: [...table.ended()].length, bytes });
    table.remove(table.list({ limit: -1 }).map(({ batch }) => batch.id));
    assert.deepEqual([table.count(), [...table.countByState()]], [0, []]);
    database.close();
  });

  it('lists those of several states together newest first, and pages from either end', () => {
    const { table, database } = open();
    for (let index = 0; index < 30; index++) {
      const { id } = table.add({ ...fresh, ...(index % 2 === 0 && { team: 'a' }) }).batch;
      if (index % 3 !== 0) table.update(id, { state: index % 3 === 1 ? 'dead' : 'killed', reason: 'why' });
    }
    const all = table.list({ limit: -1 });
    for (const team of [undefined, 'a']) {
      const own = all.map(({ batch }) => batch).filter(batch => team === undefined || batch.team === team);
      const wanted = own.filter(({ state }) => state !== 'not_started').map(({ id }) => id);
      const listed = (limit: number, before?: number): number[] =>
        table
          .list({
            limit,
            team,
            states: ['killed', 'dead', 'killed'],
            ...(before !== undefined && { before }),
          })
          .map(({ batch }) => batch.id);
      assert.deepEqual(listed(5), wanted.slice(0, 5));
      assert.deepEqual(listed(5, wanted[4]), wanted.slice(5, 10));
      assert.deepEqual(listed(-1), wanted);
      const oldest = own.map(({ id }) => id).toReversed();
      for (let from = 0; from < own.length + 3; from++) {
        const { total, found } = table.page({ from, size: 4, team });
        assert.deepEqual(
          [total, found.map(({ batch }) => batch.id)],
          [own.length, oldest.slice(from, from + 4)],
        );
      }
    }
    database.close();
  });

  it('finds what is asked for often without a look at each batch', () => {
    const { table, database } = open();
    const plan = (sql: string): string =>
      database
        .prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .all()
        .map(row => String(row['detail']))
        .join('; ');
    // The statements as the table makes them, with what they are asked stood in for.
    const asked: string[] = [];
    const prepare = database.prepare.bind(database);
    database.prepare = sql => {
      asked.push(sql);
      return prepare(sql);
    };
    table.list({ limit: 100, team: 'a' });
    table.list({ limit: 100, states: ['success', 'dead'] });
    table.list({ limit: 100, states: ['success'], team: 'a' });
    table.page({ from: 0, size: 100, team: 'a' });
    table.page({ from: 0, size: 100, cluster: 'x' });
    table.findByName('x', {});
    table.findByKey('x');
    table.findByApplication('x', { cluster: 'x' });
    table.changedSince(5, 10, 'a');
    table.untidy();
    table.queue();
    table.usage('a');
    assert.deepEqual([...table.ended()], []);
    database.prepare = prepare.bind(database);
    assert.ok(asked.length > 10);
    for (const sql of asked) {
      assert.doesNotMatch(plan(sql), /SCAN batches(?! USING (COVERING )?INDEX batches_(by_end|untidy))/, sql);
      if (!/queue_rank/.test(sql)) assert.doesNotMatch(plan(sql), /SCAN batches$/, sql);
    }
    database.close();
  });

  it('never gives an id twice, even of one that was removed', () => {
    const { table, database } = open();
    table.add(fresh);
    table.add(fresh);
    table.remove([2]);
    assert.equal(table.add(fresh).batch.id, 3);
    database.close();
  });

  it('takes over a database of the first version, and keeps a copy of it', () => {
    const old = new DatabaseSync(join(root, 'sparkdeck.sqlite'));
    old.exec(`${migrations[0] ?? ''}; PRAGMA user_version = 1`);
    old
      .prepare(
        `INSERT INTO batches (name, request, master, runtime, state, transitions, ui_port, revision)
         VALUES ('old', '{"file":"/old.py"}', 'local', ?, 'success', '[{"state":"success","at":5}]', 4040, 1)`,
      )
      .run(JSON.stringify(fresh.runtime));
    old.close();
    const { table, database, isNew, notices } = open();
    assert.deepEqual([isNew, notices], [true, []], 'records are looked for once');
    assert.equal(table.find(1)?.batch.name, 'old');
    assert.equal(table.find(1)?.queueRank, 1);
    assert.deepEqual([table.count(), [...table.ended()]], [1, [{ id: 1, bytes: 0, endedAt: 5 }]]);
    database.close();
    const copy = new DatabaseSync(join(root, 'sparkdeck.sqlite.schema-1'), { readOnly: true });
    assert.equal(copy.prepare('PRAGMA user_version').get()?.['user_version'], 1);
    assert.equal(copy.prepare('SELECT name FROM batches').get()?.['name'], 'old');
    copy.close();
  });

  it('refuses a database from a newer version and leaves it as it is', () => {
    const newer = new DatabaseSync(join(root, 'sparkdeck.sqlite'));
    newer.exec('CREATE TABLE future (a); PRAGMA user_version = 99');
    newer.close();
    assert.throws(() => open(), /newer Sparkdeck/);
    const again = new DatabaseSync(join(root, 'sparkdeck.sqlite'));
    assert.equal(again.prepare('PRAGMA user_version').get()?.['user_version'], 99);
    again.close();
  });

  for (const [what, damage] of [
    [
      'that is no database',
      (): Buffer => Buffer.from('not a database at all, whatever its name says'.repeat(50)),
    ],
    ['with a page overwritten', (whole: Buffer): Buffer => whole.fill(0x5a, 4096, 16_384)],
    ['cut in the middle', (whole: Buffer): Buffer => whole.subarray(0, Math.floor(whole.length / 2))],
  ] as const) {
    it(`sets aside a file ${what}, and begins a new one from the records beside the logs`, () => {
      const first = open();
      const kept = first.table.add({ ...fresh, idempotencyKey: 'key' });
      const ended = first.table.update(kept.batch.id, {
        state: 'success',
        reason: 'exit code 0',
        exitCode: 0,
      });
      writeFileSync(join(ended.batch.folder, 'stdout.log'), 'the output');
      mkdirSync(join(folder(), '7'), { recursive: true });
      markFilled(first.database);
      first.database.close();
      const file = join(root, 'sparkdeck.sqlite');
      writeFileSync(file, damage(readFileSync(file)));

      const { table, database, isNew, notices } = open();
      assert.equal(isNew, true);
      assert.match(notices.join(), /set aside as .*damaged/);
      assert.match(notices.join(), /Tokens, quotas, .* are gone: .* no team has a limit/);
      assert.ok(readdirSync(root).some(name => name.includes('.damaged-')));
      table.restore();
      table.countFromFolders();
      const found = table.findByKey('key');
      assert.deepEqual(
        [found?.batch.state, found?.batch.exitCode, found?.batch.request],
        ['success', 0, fresh.request],
      );
      assert.equal(readFileSync(join(found?.batch.folder ?? '', 'stdout.log'), 'utf8'), 'the output');
      assert.equal(table.add(fresh).batch.id, 8, 'a number that has a folder is not given again');
      database.close();
    });
  }
});
