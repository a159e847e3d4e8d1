import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import type { Batch, BatchHistory, StageProgress } from '../../server/protocol/batch.ts';
import type { StageMetrics } from '../../server/protocol/metrics.ts';
import { installTimeout } from './support/runtime.ts';
import { TestBackend } from './support/testBackend.ts';

/**
 * A skewed job, then one with one partition; then it asks the driver itself, over its REST API, what its stages did.
 * That is what an event log must say afterwards.
 */
const program = `
import json, time, urllib.request
from pyspark import SparkContext

sc = SparkContext(appName="history")
lines = sc.textFile(__file__, 2)

def slow(index, rows):
    rows = list(rows)
    time.sleep(11 if index == 3 else 0.05)
    return rows

pairs = lines.flatMap(list).map(lambda letter: (3 if letter.isalpha() else ord(letter), letter * 50))
pairs.partitionBy(6, lambda key: key % 6).mapPartitionsWithIndex(slow).count()
sc.parallelize(range(10), 1).mapPartitions(lambda rows: slow(3, rows)).count()

base = sc.uiWebUrl + "/api/v1/applications/" + sc.applicationId
def ask():
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(base + "/stages?status=complete") as answer:
        return json.load(answer)
# Spark takes its web pages' figures from events, a moment after.
while len(ask()) < 3:
    time.sleep(0.1)
print("STAGES " + json.dumps(ask()))
sc.stop()
`;

/** What is compared, by the names in org.apache.spark.status.api.v1.StageData. */
const compared = {
  runTime: 'executorRunTime',
  gcTime: 'jvmGcTime',
  resultBytes: 'resultSize',
  inputBytes: 'inputBytes',
  inputRecords: 'inputRecords',
  outputBytes: 'outputBytes',
  shuffleReadBytes: 'shuffleReadBytes',
  shuffleReadRecords: 'shuffleReadRecords',
  shuffleWriteBytes: 'shuffleWriteBytes',
  shuffleWriteRecords: 'shuffleWriteRecords',
  memorySpilled: 'memoryBytesSpilled',
  diskSpilled: 'diskBytesSpilled',
} as const satisfies Partial<Record<keyof StageMetrics, string>>;

type Figures = Record<string, number>;

describe('history of a real application', function () {
  this.timeout(300_000);
  let backend: TestBackend;
  let batch: Batch;
  let history: BatchHistory;

  before(async function () {
    this.timeout(installTimeout);
    backend = await TestBackend.start();
    const { id } = await backend.submit({
      file: backend.script('history.py', program),
      // Read as it is written, decompressed.
      conf: { 'spark.master': 'local[2]', 'spark.eventLog.compress': 'true' },
    });
    batch = await backend.end(id);
    history = await backend.client.request('batch/history', { id });
  });

  after(() => backend.stop());

  const stages = (): StageProgress[] => history.progress.jobs.flatMap(job => job.stages);

  it('adds up what the driver said while it ran', async () => {
    assert.equal(batch.state, 'success', batch.reason);
    assert.equal(globSync(join(batch.folder, 'events', '*', 'events_1_*.zstd')).length, 1);
    const output = await backend.output(batch.id);
    const said: unknown = JSON.parse(/^STAGES (.*)$/m.exec(output)?.[1] ?? 'null');
    assert.ok(Array.isArray(said));
    assert.equal(said.length, 3);
    const pick = (of: object | undefined, names: readonly string[]): Figures =>
      Object.fromEntries(
        Object.entries(of ?? {}).filter((entry): entry is [string, number] => names.includes(entry[0])),
      );
    for (const stage of stages()) {
      const theirs: unknown = said.find(
        (each: unknown) =>
          typeof each === 'object' && each !== null && Reflect.get(each, 'stageId') === stage.id,
      );
      assert.ok(typeof theirs === 'object' && theirs !== null);
      const ours = pick(stage.metrics, Object.keys(compared));
      const expected = Object.fromEntries(
        Object.entries(compared).map(([our, their]) => [our, pick(theirs, [their])[their]]),
      );
      assert.deepEqual(ours, expected);
    }
    const [first] = stages();
    assert.ok((first?.metrics?.inputBytes ?? 0) > program.length);
    assert.ok((first?.metrics?.shuffleWriteBytes ?? 0) > 0);
    assert.equal(stages()[1]?.metrics?.shuffleReadBytes, first?.metrics?.shuffleWriteBytes);
  });

  it('knows the executors, and how much of the cores was used', () => {
    assert.equal(history.executors.length, 1);
    const [executor] = history.executors;
    assert.deepEqual([executor?.id, executor?.cores, executor?.tasks, executor?.failed], ['driver', 2, 9, 0]);
    assert.equal(executor?.inputBytes, history.metrics.inputBytes);
    const { metrics } = history;
    assert.equal(metrics.tasks, 9);
    assert.equal(metrics.cores, 2);
    assert.ok(metrics.jobTime >= 22_000 && metrics.jobTime <= metrics.wallTime);
    assert.equal(metrics.jobCoreTime, 2 * metrics.jobTime);
    assert.ok(metrics.taskTime < metrics.jobCoreTime);
  });

  it('tells what made it slow', () => {
    assert.deepEqual(
      history.hints.map(({ kind, stageId }) => [kind, stageId]),
      [
        ['skewed-stage', 1],
        ['few-partitions', 2],
      ],
    );
    const [skewed, one] = history.hints;
    assert.match(skewed?.title ?? '', /^Stage 1 \(count at history\.py:\d+\) is skewed$/);
    assert.ok((skewed?.figures['maxTaskTime'] ?? 0) >= 11_000);
    assert.equal(one?.figures['tasks'], 1);
    assert.equal(one?.figures['cores'], 2);
  });

  it('is the same for a backend that has seen nothing of it', async () => {
    await backend.crashAndReturn();
    assert.deepEqual(await backend.client.request('batch/history', { id: batch.id }), history);
  });
});
