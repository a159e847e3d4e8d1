import assert from 'node:assert/strict';
import { batchRequest } from '../../../src/submit/batchRequest.ts';
import { rerunChanges } from '../../../src/submit/rerunChanges.ts';
import { shownFile } from '../../../src/submit/shownFile.ts';
import { obviousTarget, type Target } from '../../../src/submit/target.ts';
import { readTask } from '../../../src/tasks/taskDefinition.ts';
import { cluster } from './samples.ts';

const on = (name: string): Target => ({ kind: 'cluster', name });

describe('where a file is submitted without asking', () => {
  const a = cluster('a', 'running');
  const b = cluster('b', 'running');
  const cases: [
    what: string,
    clusters: (typeof a)[],
    last: Target | undefined,
    target: Target | undefined,
  ][] = [
    ['the last cluster, as long as it runs', [a, b], on('b'), on('b')],
    ['the only one that runs', [a, cluster('b', 'stopped')], on('b'), on('a')],
    ['nowhere, when there are two and none was used', [a, b], undefined, undefined],
    ['nowhere, when none runs', [cluster('a', 'stopped')], on('a'), undefined],
    ['local mode again, when none runs', [], { kind: 'local' }, { kind: 'local' }],
    ['the only cluster, though local mode was used before', [a], { kind: 'local' }, on('a')],
  ];
  for (const [what, clusters, last, target] of cases) {
    it(what, () => assert.deepEqual(obviousTarget(clusters, last), target));
  }
});

describe('the file that a click on a title button means', () => {
  const cases: [
    what: string,
    carried: string | undefined,
    active: string | undefined,
    others: (string | undefined)[],
    everyGroupHasButtons: boolean,
    meant: string | undefined,
  ][] = [
    ['the one that is shown', 'a', 'a', [], false, 'a'],
    ['the one that is shown, though the button names the one before', 'a', 'b', [], false, 'b'],
    ['the same beside a group that shows the one before', 'a', 'b', ['a'], false, 'b'],
    ['without a button, the one that is shown', undefined, 'b', ['a'], true, 'b'],
    ["that of another group's button", 'a', 'b', [undefined, 'a'], true, 'a'],
    ['the one that is shown, when no group shows the one that is named', 'a', 'b', ['c'], true, 'b'],
    ['none, when no file is shown', 'a', undefined, [], false, undefined],
  ];
  for (const [what, carried, active, others, everyGroupHasButtons, meant] of cases) {
    it(what, () => assert.equal(shownFile(carried, { active, others }, everyGroupHasButtons), meant));
  }
});

describe('the request of a submit', () => {
  const given = { file: '/w/a.py', choices: {}, workingFolder: '/w', runtime: undefined };

  it('is short when nothing was chosen', () => {
    assert.deepEqual(batchRequest({ ...given, target: on('a') }), {
      file: '/w/a.py',
      cluster: 'a',
      workingFolder: '/w',
    });
  });

  it('names a master in local mode', () => {
    const request = batchRequest({
      ...given,
      target: { kind: 'local' },
      choices: { conf: { 'spark.a': '1' }, args: [] },
    });
    assert.deepEqual(request, {
      file: '/w/a.py',
      workingFolder: '/w',
      conf: { 'spark.a': '1', 'spark.master': 'local[*]' },
    });
  });

  it('leaves the user a master of their own', () => {
    const request = batchRequest({
      ...given,
      target: { kind: 'local' },
      choices: { conf: { 'spark.master': 'local[2]' } },
    });
    assert.deepEqual(request.conf, { 'spark.master': 'local[2]' });
  });

  it('says in a rerun what is no longer wanted', () => {
    assert.deepEqual(rerunChanges(on('a'), { args: ['x'], driverMemory: '1g' }), {
      cluster: 'a',
      args: ['x'],
      className: null,
      conf: null,
      driverMemory: '1g',
      executorMemory: null,
    });
  });
});

describe('a task of tasks.json', () => {
  it('is read with its file made absolute', () => {
    assert.deepEqual(
      readTask(
        { type: 'sparkdeck', file: 'a.py', args: ['1'], cluster: 'x', conf: { 'spark.a': '1' } },
        '/w',
      ),
      {
        ok: true,
        task: { file: '/w/a.py', target: on('x'), choices: { args: ['1'], conf: { 'spark.a': '1' } } },
      },
    );
  });

  it('runs in local mode when it says so', () => {
    const read = readTask({ file: '/w/a.py', localMode: true, cluster: 'x' }, undefined);
    assert(read.ok);
    assert.deepEqual(read.task.target, { kind: 'local' });
  });

  for (const [definition, name] of [
    [{}, 'file'],
    [{ file: 3 }, 'file'],
    [{ file: 'a.py', args: 'x' }, 'args'],
    [{ file: 'a.py', conf: { 'spark.a': 1 } }, 'conf'],
    [{ file: 'a.py', cluster: 7 }, 'cluster'],
  ] as const) {
    it(`is refused with ${JSON.stringify(definition)}`, () => {
      const read = readTask(definition, '/w');
      assert(!read.ok);
      assert.match(read.error, new RegExp(`"${name}"`));
    });
  }
});
