import assert from 'node:assert/strict';
import { findMarked } from '../../server/process/marked.ts';
import { installTimeout } from '../spark/support/runtime.ts';
import { pythonWith } from './support/pythonTools.ts';
import { ServedBackend } from './support/servedBackend.ts';

const job = `
import sys
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
print("sum", spark.sparkContext.parallelize(range(100), 2).sum(), sys.argv[1:], spark.conf.get("spark.some.setting"))
spark.stop()
`;

/** The package livy of PyPI (pylivy), used as its documentation says. */
const client = `
import json, sys, time
from livy import LivyBatch
from livy.client import LivyClient
from livy.models import SessionState
url, token, good, bad, slow = sys.argv[1:]
auth = ("anyone", token)
small = dict(auth=auth, driver_memory="512m", executor_memory="512m", executor_cores=1)

def spark_conf(**more):
    return {"spark.master": "local[1]", "spark.some.setting": 7, **more}

batch = LivyBatch.create(url, good, args=["a b", "ü"], name="good", spark_conf=spark_conf(), **small)
state = batch.wait()
whole = batch.log(from_=0, size=-1)
told = {"good": state.value, "lines": [line for line in whole if line.startswith("sum")]}
told["tail"] = whole[-5:] == batch.log(size=5)
pages, at = [], 0
while True:
    page = LivyClient(url, auth).get_batch_log(batch.batch_id, at, 7)
    pages += page.lines
    at += len(page.lines)
    if at >= page.total:
        break
told["paged"] = pages == whole

failed = LivyBatch.create(url, bad, spark_conf=spark_conf(), **small)
told["bad"] = failed.wait().value

running = LivyBatch.create(url, slow, spark_conf=spark_conf(), **small)
while running.state != SessionState.RUNNING:
    time.sleep(0.2)
ours = LivyClient(url, auth)
told["app"] = (ours.get_batch(running.batch_id).app_id or "").startswith("local-")
told["listed"] = [each.batch_id for each in ours.list_batches()]
running.kill()
told["gone"] = ours.get_batch(running.batch_id)
told["killed"] = running.batch_id
told["legacy"] = ours.legacy_server()
print(json.dumps(told))
`;

describe('clients: livy of PyPI', function () {
  this.timeout(10 * 60_000);
  let served: ServedBackend;
  let python: string;
  before(async function () {
    this.timeout(installTimeout);
    python = await pythonWith('livy==0.8.0');
    served = await ServedBackend.start();
  });
  after(async () => served.stop());

  it('submits, waits, reads the log, lists and kills', async () => {
    const token = await served.token({ role: 'submitter', team: 'clients' });
    const files = [
      served.script('good ä.py', job),
      served.script('bad.py', 'raise ValueError("no such luck")'),
      served.script('slow.py', `${job.replace('spark.stop()', '')}\nimport time\ntime.sleep(600)\n`),
    ];
    const told: Record<string, unknown> = JSON.parse(await served.run(python, client, token, ...files));
    assert.deepEqual(told, {
      good: 'success',
      lines: ["sum 4950 ['a b', 'ü'] 7"],
      tail: true,
      paged: true,
      bad: 'dead',
      app: true,
      listed: [1, 2, 3],
      gone: null,
      killed: 3,
      legacy: false,
    });
    assert.deepEqual(findMarked(`${served.folder}/batches/3`), []);
    assert.ok(!served.log.includes(token), 'the token is not in the log');
  });
});
