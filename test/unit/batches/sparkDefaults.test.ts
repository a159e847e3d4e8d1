import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSparkDefaults } from '../../../server/batches/sparkDefaults.ts';
import type { BatchRequest } from '../../../server/protocol/batch.ts';
import type { Runtime } from '../../../server/protocol/runtime.ts';

describe('batches/sparkDefaults', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sparkdeck-defaults-'));
    write('home/conf', 'spark.of home\nother x\nspark.padded  600m  \n');
    write('backend', 'spark.of backend');
    write('work/own', 'spark.of request');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function write(conf: string, text: string): void {
    mkdirSync(join(folder, conf), { recursive: true });
    writeFileSync(join(folder, conf, 'spark-defaults.conf'), text);
  }
  function read(
    request: Partial<BatchRequest> = {},
    env: Record<string, string> = {},
  ): Record<string, string> {
    const runtime: Runtime = {
      java: { home: '/java', version: 17, fullVersion: '17.0.1', source: 'PATH' },
      spark: { home: join(folder, 'home'), version: '4.3.0', source: 'SPARK_HOME' },
      python: { path: '/python', version: '3.12.1', source: 'PATH' },
    };
    return readSparkDefaults(
      { file: '/x.py', ...request },
      { env, runtime, workingFolder: join(folder, 'work') },
    );
  }

  it("reads Spark's settings alone, trimmed", () => {
    assert.deepEqual(read(), { 'spark.of': 'home', 'spark.padded': '600m' });
  });

  it("takes the folder of the request before the backend's, and that before the runtime's", () => {
    const env = { SPARK_CONF_DIR: join(folder, 'backend') };
    assert.deepEqual(read({}, env), { 'spark.of': 'backend' });
    assert.deepEqual(read({ environment: { SPARK_CONF_DIR: 'own' } }, env), { 'spark.of': 'request' });
    assert.deepEqual(read({ environment: { SPARK_CONF_DIR: join(folder, 'none') } }, env), {});
    assert.equal(read({ environment: { SPARK_CONF_DIR: '' } }, env)['spark.of'], 'home');
  });

  it('reads none for a request that does without', () => {
    assert.deepEqual(read({ loadSparkDefaults: false }), {});
  });

  it('names the file that Spark could not read either', () => {
    write('work/own', 'spark.a \\u12');
    const own = { environment: { SPARK_CONF_DIR: 'own' } };
    assert.throws(() => read(own), {
      code: 'conf.invalid',
      message: /own\/spark-defaults\.conf.*hexadecimal/,
    });
    rmSync(join(folder, 'work/own/spark-defaults.conf'));
    mkdirSync(join(folder, 'work/own/spark-defaults.conf'));
    assert.deepEqual(read(own), {});
  });
});
