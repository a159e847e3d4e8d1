import assert from 'node:assert/strict';
import type { Batch, BatchRequest } from '../../../server/protocol/batch.ts';
import { redactedMark as mark } from '../../../server/protocol/redactedMark.ts';
import { restoreSecrets } from '../../../server/redaction/restoreSecrets.ts';
import { shownBatch, withoutSecrets } from '../../../server/redaction/shownBatch.ts';

const request: BatchRequest = {
  file: 'https://u:filepass@repo/job.py',
  name: 'load from db://u:namepass@h',
  args: [
    '--password',
    'hunter2',
    '--user',
    'bob',
    '--token=t1=x',
    '--secret',
    '--flag',
    'db.password=a b',
    'last',
  ],
  jars: ['/data/token=5/a.jar', 'https://repo/a.jar?token=jartoken'],
  conf: {
    'spark.master': 'local[1]',
    'spark.db.password': 'dbpass',
    'spark.hadoop.fs.s3a.access.key': 'AKIA1',
    'spark.hadoop.fs.azure.account.key.x.core': 'azurekey',
    'spark.driver.extraJavaOptions': '-Da=b -Ddb.password=javapass -Dc=d',
    'spark.url': 'jdbc:postgresql://h/x?user=u&password=urlpass',
    'spark.empty.password': '',
  },
  environment: {
    AWS_SECRET_ACCESS_KEY: 'awskey',
    MYSQL_PWD: 'mypwd',
    PWD: '/w',
    DB: 'mongodb://u:mongopass@h/',
  },
};
const batch: Batch = {
  id: 1,
  name: 'load from db://u:namepass@h',
  request,
  master: 'local[1]',
  state: 'dead',
  reason: 'Error: login with hunter2 failed at postgres://u:other@h/',
  transitions: [],
  folder: '/d/1',
  revision: 1,
};

describe('a batch as it is shown', () => {
  const shown = shownBatch(batch);

  it('has none of its secrets', () => {
    assert.deepEqual(shown.request, {
      file: `https://u:${mark}@repo/job.py`,
      name: `load from db://u:${mark}@h`,
      args: [
        '--password',
        mark,
        '--user',
        'bob',
        `--token=${mark}`,
        '--secret',
        '--flag',
        `db.password=${mark}`,
        'last',
      ],
      jars: ['/data/token=5/a.jar', `https://repo/a.jar?token=${mark}`],
      conf: {
        'spark.master': 'local[1]',
        'spark.db.password': mark,
        'spark.hadoop.fs.s3a.access.key': mark,
        'spark.hadoop.fs.azure.account.key.x.core': mark,
        'spark.driver.extraJavaOptions': `-Da=b -Ddb.password=${mark} -Dc=d`,
        'spark.url': `jdbc:postgresql://h/x?user=u&password=${mark}`,
        'spark.empty.password': '',
      },
      environment: { AWS_SECRET_ACCESS_KEY: mark, MYSQL_PWD: mark, PWD: '/w', DB: `mongodb://u:${mark}@h/` },
    });
    assert.equal(shown.name, `load from db://u:${mark}@h`);
    assert.equal(shown.reason, `Error: login with ${mark} failed at postgres://u:${mark}@h/`);
  });

  it('is as it was when there is nothing to hide', () => {
    const plain: Batch = { ...batch, name: 'job', request: { file: '/w/token=1/job.py', args: ['a'] } };
    delete plain.reason;
    assert.deepEqual(shownBatch(plain), plain);
  });

  it("honours the user's own pattern, for names and values, beside Spark's", () => {
    const conf = {
      'spark.redaction.regex': '(?i)pin|x{3}',
      'spark.my.PIN': '1',
      'spark.a': 'bxxx',
      'spark.c': 'd',
    };
    const { request: own } = shownBatch({
      ...batch,
      request: { file: 'a.py', conf, args: ['--pin', '7', 'e'] },
    });
    assert.deepEqual(own.conf, { ...conf, 'spark.my.PIN': mark, 'spark.a': mark });
    assert.deepEqual(own.args, ['--pin', mark, 'e']);
  });

  it('hides all settings by a pattern that cannot be used, and takes no longer by a hostile one', () => {
    for (const regex of ['(?=a)b', '(', 'a'.repeat(2000)]) {
      const conf = { 'spark.redaction.regex': regex, 'spark.a': 'b' };
      assert.equal(shownBatch({ ...batch, request: { file: 'a.py', conf } }).request.conf?.['spark.a'], mark);
    }
    const conf = { 'spark.redaction.regex': '(a+)+$', 'spark.b': `${'a'.repeat(3000)}b` };
    assert.equal(
      shownBatch({ ...batch, request: { file: 'a.py', conf } }).request.conf?.['spark.b'],
      conf['spark.b'],
    );
  });

  it('hides them in what was found out about it', () => {
    const found = { jobs: [{ name: 'read dbpass', count: 1, parts: ['awskey', null] }] };
    assert.deepEqual(withoutSecrets(found, request), {
      jobs: [{ name: `read ${mark}`, count: 1, parts: [mark, null] }],
    });
  });

  describe('sent back, to be run again', () => {
    it('has all its secrets again', () => {
      assert.deepEqual(restoreSecrets(shown.request, request), request);
    });

    it('keeps them where other things were changed', () => {
      const changed = {
        ...shown.request,
        args: ['first', '--password', mark, `--token=${mark}`, 'new'],
        conf: { 'spark.db.password': mark, 'spark.url': `jdbc:postgresql://other/x?password=${mark}` },
        environment: { MYSQL_PWD: 'fresh' },
      };
      const restored = restoreSecrets(changed, request);
      assert.deepEqual(restored.args, ['first', '--password', 'hunter2', '--token=t1=x', 'new']);
      assert.deepEqual(restored.conf, {
        'spark.db.password': 'dbpass',
        'spark.url': 'jdbc:postgresql://other/x?password=urlpass',
      });
      assert.deepEqual(restored.environment, { MYSQL_PWD: 'fresh' });
    });

    const unknown: [what: string, BatchRequest, earlier?: BatchRequest][] = [
      ['conf spark.other', { file: 'a.py', conf: { 'spark.other': mark } }, request],
      ['conf spark.db.password', { file: 'a.py', conf: { 'spark.db.password': `${mark}${mark}` } }, request],
      [
        'environment __proto__',
        { file: 'a.py', environment: JSON.parse(`{"__proto__": "${mark}"}`) },
        request,
      ],
      ['args 1', { file: 'a.py', args: [mark] }],
    ];
    for (const [what, changed, earlier] of unknown) {
      it(`is refused where a mark stands for nothing known: ${what}`, () => {
        assert.throws(() => restoreSecrets(changed, earlier), {
          code: 'request.invalid',
          message: new RegExp(`^${what} `),
        });
      });
    }
  });
});
