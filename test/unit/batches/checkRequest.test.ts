import assert from 'node:assert/strict';
import { checkRequest } from '../../../server/batches/checkRequest.ts';
import type { BatchRequest } from '../../../server/protocol/batch.ts';

const checked = (request: Partial<BatchRequest>): Promise<BatchRequest> =>
  checkRequest({ file: 'hdfs://host/x.py', workingFolder: '/', ...request });

describe('batches/checkRequest', () => {
  it('takes values of settings to the character', async () => {
    const conf = { 'spark.sep': '\t', 'spark.pad': '  x ', 'spark.lines': '\r\n\n', 'spark.none': '' };
    assert.deepEqual((await checked({ conf })).conf, conf);
  });

  it('takes names of environment variables that a shell could not set', async () => {
    const environment = { 'app.profile': 'prod', 'APP-ID': '7', 'a b': '', ü: '\n' };
    assert.deepEqual((await checked({ environment })).environment, environment);
    for (const name of ['', 'a=b', 'a\0']) {
      await assert.rejects(checked({ environment: { [name]: 'x' } }), { code: 'request.invalid' }, name);
    }
    await assert.rejects(checked({ environment: { a: '\0' } }), {
      code: 'request.invalid',
      message: /value of/,
    });
  });

  it('spells sizes as JVMs read them', async () => {
    const request = await checked({
      driverMemory: '1GB',
      executorMemory: '1024',
      conf: { 'spark.driver.memory': '2gb', 'spark.executor.memory': ' 1536MB ', 'spark.other': '1GB' },
    });
    assert.deepEqual([request.driverMemory, request.executorMemory], ['1g', '1g']);
    assert.deepEqual(request.conf, {
      'spark.driver.memory': '2g',
      'spark.executor.memory': '1536m',
      'spark.other': '1GB',
    });
  });

  it('refuses what could not be kept secret, and what Spark would refuse later', async () => {
    const refusal = (conf: Record<string, string>, message: RegExp): Promise<void> =>
      assert.rejects(checked({ conf }), { code: 'conf.invalid', message });
    await refusal(
      { 'spark.hadoop.fs.s3a.secret.key': 'abc ' },
      /fs\.s3a\.secret\.key begins or ends with a blank/,
    );
    await refusal({ 'spark.x': 'a\0b' }, /NUL/);
    await refusal({ 'spark.remote': 'sc://h' }, /SparkSession\.builder\.remote\("sc:\/\/h"\)/);
  });
});
