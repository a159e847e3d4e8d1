import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findMarked } from '../../server/process/marked.ts';
import { installTimeout } from '../spark/support/runtime.ts';
import { walkDocuments, type Step } from '../support/documentWalk.ts';
import { ServedBackend } from './support/servedBackend.ts';

describe('clients: the curl commands of the documents, with a real Spark', function () {
  this.timeout(15 * 60_000);
  let served: ServedBackend;
  const steps: Step[] = [];
  before(async function () {
    this.timeout(installTimeout);
    served = await ServedBackend.start('--no-auth');
    for await (const step of walkDocuments(served)) steps.push(step);
  });
  after(async () => served.stop());

  const step = (what: string, which = 0): Step =>
    steps.filter(each => each.what === what)[which] ?? assert.fail(`no step ${what}`);
  const told = (what: string, which?: number): Record<string, unknown> =>
    JSON.parse(step(what, which).answer);
  const keys = (text: string): string[] => Object.keys(JSON.parse(text));

  it('are all answered as they should be', () => {
    const failed = steps.filter(({ status }) => status >= 400).map(({ what, status }) => [what, status]);
    assert.deepEqual(failed, [
      ['Platform: submit a job', 400], // the document's three dots are no JSON
      ['Spark FastAPI: a script that is not there', 404],
      ['DCluster: submit a job', 400], // the managed Spark has no hadoop-aws
      ['DCluster: terminate a cluster', 404], // there is no cluster 0
    ]);
    assert.match(step('DCluster: submit a job').answer, /^\{"msg":"s3a:.*has no hadoop-aws/);
  });

  it('are answered with the fields of the documents', () => {
    const compared = steps.filter(
      ({ document, status }) => document?.startsWith('{') && status >= 200 && status < 300,
    );
    assert.ok(compared.length >= 5);
    for (const { what, answer, document = '' } of compared)
      assert.deepEqual(keys(answer), keys(document), what);
    assert.equal(step('DCluster: launch a cluster').answer, '2');
    const state = step('DCluster: get the state of a job');
    assert.deepEqual(JSON.parse(state.answer), JSON.parse(state.document ?? ''));
    const killed = step('DCluster: kill a job');
    assert.deepEqual(JSON.parse(killed.answer), JSON.parse(killed.document ?? ''));
  });

  it('run programs: a cluster starts, a program ends with success, all is gone after the end', () => {
    assert.equal(told('DCluster: get the status of a cluster')['status'], 'STARTING');
    assert.equal(told('DCluster: the status later')['status'], 'RUNNING');
    assert.equal(told('DCluster: its state at the end')['state'], 'success');
    assert.equal(told('DCluster: the status after that')['status'], 'TERMINATED');
    for (const folder of readdirSync(join(served.folder, 'clusters'))) {
      for (const part of readdirSync(join(served.folder, 'clusters', folder))) {
        assert.deepEqual(findMarked(join(served.folder, 'clusters', folder, part)), [], part);
      }
    }
  });

  it('scale a cluster while a job runs on it, which goes on', () => {
    const status = told('Spark FastAPI: status of the cluster, with three workers');
    assert.deepEqual(
      [status['status'], status['worker_count'], status['total_cores'], status['active_app_count']],
      ['ALIVE', 3, 3, 1],
    );
    assert.equal(told('Platform: the job runs on')['status'], 'running');
    assert.equal(told('Platform: cancel a job')['status'], 'cancelled');
    const log = told('Platform: read the log of a job')['lines'];
    assert.ok(Array.isArray(log) && log.length === 3);
    const workers = step('Spark FastAPI: workers').answer;
    assert.equal(workers.match(/"ALIVE"/g)?.length, 1);
  });

  it('tell of an application, and kill it', () => {
    assert.match(String(told('Spark FastAPI: submit a script')['message']), /^Batch 2 runs as app-/);
    assert.match(
      step('Spark FastAPI: applications').answer,
      /"state":"RUNNING","cores":1,"memory_per_executor":1024/,
    );
    assert.equal(told('Spark FastAPI: kill an application')['success'], true);
  });
});
