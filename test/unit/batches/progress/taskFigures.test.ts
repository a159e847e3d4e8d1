import assert from 'node:assert/strict';
import { readTaskFigures } from '../../../../server/batches/progress/taskFigures.ts';
import { taskEndLine } from './taskEndLine.ts';

/** Each another number, so that none can be taken for another. */
const metrics = {
  runTime: 101,
  cpuNanoseconds: 102_000_000,
  peakExecutionMemory: 103,
  resultSize: 104,
  gcTime: 105,
  memorySpilled: 106,
  diskSpilled: 107,
  fetchWait: 108,
  remoteBytes: 109,
  localBytes: 110,
  shuffleRecordsRead: 111,
  shuffleBytesWritten: 112,
  shuffleRecordsWritten: 113,
  bytesRead: 114,
  recordsRead: 115,
  bytesWritten: 116,
  recordsWritten: 9_007_199_254_740_991,
};

const figures = {
  executorId: '12',
  finishedAt: 1700,
  duration: 700,
  runTime: 101,
  cpuTime: 102,
  peakExecutionMemory: 103,
  resultBytes: 104,
  gcTime: 105,
  memorySpilled: 106,
  diskSpilled: 107,
  fetchWaitTime: 108,
  shuffleReadBytes: 219,
  shuffleReadRecords: 111,
  shuffleWriteBytes: 112,
  shuffleWriteRecords: 113,
  inputBytes: 114,
  inputRecords: 115,
  outputBytes: 116,
  outputRecords: 9_007_199_254_740_991,
};

const task = { executorId: '12', launchedAt: 1000, duration: 700, metrics };

describe('batches/progress/taskFigures', () => {
  it('takes each figure from where it is', () => {
    assert.deepEqual(readTaskFigures(taskEndLine(task)), figures);
  });

  it('is not misled by the text of a failure', () => {
    assert.deepEqual(readTaskFigures(taskEndLine({ ...task, reason: 'ExceptionFailure' })), figures);
  });

  it('finds them in another order too', () => {
    const [before, after] = taskEndLine(task).split('"Task Metrics":');
    assert.ok(before !== undefined && after !== undefined);
    const reversed = Object.fromEntries(Object.entries(JSON.parse(after.slice(0, -1))).toReversed());
    assert.deepEqual(readTaskFigures(`${before}"Task Metrics":${JSON.stringify(reversed)}}`), figures);
  });

  it('has zeros where there are no metrics, as of a task that was lost with its executor', () => {
    const [before] = taskEndLine(task).split(',"Task Metrics":');
    const found = readTaskFigures(`${before}}`);
    assert.ok(found);
    const { executorId, duration, finishedAt, ...others } = found;
    assert.deepEqual([executorId, duration, finishedAt], ['12', 700, 1700]);
    assert.deepEqual(new Set(Object.values(others)), new Set([0]));
  });

  it('passes over a line that says nothing of a task', () => {
    assert.equal(readTaskFigures('{"Event":"SparkListenerTaskEnd","Stage ID":0'), undefined);
    assert.equal(readTaskFigures(''), undefined);
  });

  it('reads what is there of a line that was cut off', () => {
    const line = taskEndLine(task);
    for (let length = line.indexOf('"Task Info"'); length < line.length; length += 97) {
      assert.ok(
        Object.values(readTaskFigures(line.slice(0, length)) ?? {}).every(value => value !== undefined),
      );
    }
  });
});
