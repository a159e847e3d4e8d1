import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkSchemes } from '../../../server/batches/checkSchemes.ts';

describe('batches/checkSchemes', () => {
  let home: string;
  before(() => {
    home = mkdtempSync(join(tmpdir(), 'sparkdeck-schemes-'));
    mkdirSync(join(home, 'jars'));
    writeFileSync(join(home, 'jars', 'hadoop-client-api-3.5.0.jar'), '');
  });
  after(() => rmSync(home, { recursive: true, force: true }));

  const check = (given: {
    conf?: Record<string, string>;
    env?: Record<string, string>;
    defaults?: Record<string, string>;
  }): void =>
    checkSchemes(
      { file: 's3a://bucket/job.py', conf: given.conf ?? {} },
      {
        runtime: {
          java: { home: '/java', version: 17, fullVersion: '17.0.1', source: 'PATH' },
          spark: { home, version: '4.3.0', source: 'SPARK_HOME' },
          python: { path: '/python', version: '3.12.1', source: 'PATH' },
        },
        env: given.env ?? {},
        defaults: given.defaults ?? {},
      },
    );

  it('names the package that a store needs, in the version that fits', () => {
    assert.throws(() => check({}), /no hadoop-aws.*hadoop-aws-3\.5\.0\.jar/s);
  });

  it('finds it beside Spark, in the settings of the request or of Spark, or in the environment', () => {
    const there = { 'spark.driver.extraClassPath': '/opt/aws/*' };
    check({ conf: there });
    check({ defaults: there });
    check({ env: { SPARK_DIST_CLASSPATH: '/opt/hadoop/*' } });
    writeFileSync(join(home, 'jars', 'hadoop-aws-3.5.0.jar'), '');
    check({});
  });
});
