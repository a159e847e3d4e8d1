import assert from 'node:assert/strict';
import { conclude, type End } from '../../../server/batches/conclude.ts';
import { recordedSources } from './recordedOutput.ts';

const quiet: End = {
  exitCode: 0,
  killRequested: false,
  tails: { stdout: '', stderr: '' },
  unfinishedJobs: [],
  clusterState: undefined,
  sources: recordedSources,
};

describe('batches/conclude', () => {
  const cases: [string, Partial<End>, string, RegExp][] = [
    ['0 and nothing against it', {}, 'success', /^exit code 0$/],
    ['0, and the master agrees', { clusterState: 'FINISHED' }, 'success', /^exit code 0$/],
    ['0, and the master has not noticed yet', { clusterState: 'RUNNING' }, 'success', /^exit code 0$/],
    ['0, but the master says FAILED', { clusterState: 'FAILED' }, 'dead', /^Exit code 0, but .*failed/],
    ['0, but the master says KILLED', { clusterState: 'KILLED' }, 'dead', /^Exit code 0, but .*was killed/],
    ['0, but a job has no end', { unfinishedJobs: [3] }, 'dead', /in the middle of job 3:/],
    ['0, but jobs have no end', { unfinishedJobs: [3, 4] }, 'dead', /in the middle of jobs 3, 4:/],
    ['0 before a kill reached it', { killRequested: true }, 'success', /exit code 0/],
    [
      '0 in the middle of a job, after a kill',
      { killRequested: true, unfinishedJobs: [1] },
      'killed',
      /on request/,
    ],
    ['a signal, after a kill', { killRequested: true, exitCode: 143 }, 'killed', /on request/],
    ['no word, after a kill', { killRequested: true, exitCode: undefined }, 'killed', /on request/],
    ['a signal from elsewhere', { exitCode: 137 }, 'dead', /SIGKILL/],
    ['no word at all', { exitCode: undefined }, 'dead', /no exit code/],
    ['a code of its own', { exitCode: 3 }, 'dead', /3/],
    ['1, though the master says FINISHED', { exitCode: 1, clusterState: 'FINISHED' }, 'dead', /1/],
  ];
  for (const [what, end, state, reason] of cases) {
    it(`says ${state} of exit code ${what}`, () => {
      const found = conclude({ ...quiet, ...end });
      assert.equal(found.state, state);
      assert.match(found.reason, reason);
    });
  }
});
