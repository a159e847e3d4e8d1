import assert from 'node:assert/strict';
import { redactedMark as mark } from '../../../server/protocol/redactedMark.ts';
import { redactText } from '../../../server/redaction/redactText.ts';

describe('secrets in a text', () => {
  const hidden: [text: string, shown: string, ...secrets: string[]][] = [
    ['postgres://etl:hunter2@db:5432/x', `postgres://etl:${mark}@db:5432/x`, 'hunter2'],
    ['postgres://etl:a@b:c@db/x', `postgres://etl:${mark}@db/x`, 'a@b:c'],
    ['postgres://etl:a/b?c@db/x', `postgres://etl:${mark}@db/x`, 'a/b?c'],
    ['https://:hunter2@host/', `https://:${mark}@host/`, 'hunter2'],
    ['k8s://https://u:hunter2@host:6443', `k8s://https://u:${mark}@host:6443`, 'hunter2'],
    ['jdbc:oracle:thin:scott/tiger@//db:1521/x', `jdbc:oracle:thin:scott/${mark}@//db:1521/x`, 'tiger'],
    [
      'jdbc:mysql://db/x?user=a&password=hunter2&useSSL=true',
      `jdbc:mysql://db/x?user=a&password=${mark}&useSSL=true`,
      'hunter2',
    ],
    [
      'jdbc:sqlserver://db;user=a;password=hunter2;b=c',
      `jdbc:sqlserver://db;user=a;password=${mark};b=c`,
      'hunter2',
    ],
    [
      'https://s/j.py?X-Amz-Security-Token=q%2F&b=1',
      `https://s/j.py?X-Amz-Security-Token=${mark}&b=1`,
      'q%2F',
    ],
    ['https://s/c?sv=1&sig=abc%3D&se=2', `https://s/c?sv=1&sig=${mark}&se=2`, 'abc%3D'],
    ['-Xmx1g -Dfoo.password=a;b&c -Dx=y', `-Xmx1g -Dfoo.password=${mark} -Dx=y`, 'a;b&c'],
    ["-Dfoo.token='a b' -Dx=y", `-Dfoo.token='${mark}' -Dx=y`, 'a b'],
    ['PGPASSWORD=hunter2 psql', `PGPASSWORD=${mark} psql`, 'hunter2'],
    ['login --password hunter2 --user bob', `login --password ${mark} --user bob`, 'hunter2'],
    ['login --api-key "a b" x', `login --api-key "${mark}" x`, 'a b'],
    ['{"user": "bob", "password": "hun ter\\"2"}', `{"user": "bob", "password": "${mark}"}`, 'hun ter\\"2'],
    [String.raw`{\"db_password\": \"hunter2\"}`, String.raw`{\"db_password\": \"${mark}\"}`, 'hunter2'],
    ["{'token': 'abc', 'n': 1}", `{'token': '${mark}', 'n': 1}`, 'abc'],
    ['Authorization: Basic dTpw', `Authorization: Basic ${mark}`, 'dTpw'],
    ['sent Bearer abcdefghijklmnop.q', `sent Bearer ${mark}`, 'abcdefghijklmnop.q'],
    ['a://u:p1@h b://u:p2@h token=t3', `a://u:${mark}@h b://u:${mark}@h token=${mark}`, 'p1', 'p2', 't3'],
  ];
  for (const [text, shown, ...secrets] of hidden) {
    it(`are hidden: ${text}`, () => {
      assert.deepEqual(redactText(text), { text: shown, hidden: secrets });
      assert.deepEqual(redactText(shown), { text: shown, hidden: [] }, 'once more, it is the same');
    });
  }

  const kept = [
    '',
    'hdfs://name:9000/user/a@b/part-0',
    's3a://bucket@x/key',
    'abfss://container@account.dfs.core.windows.net/in',
    'spark://127.0.0.1:7077',
    "KeyError: 'token'",
    'if token == 5: pass',
    'unexpected token: EOF',
    '--passive 3 PWD is /home/me',
    'ValueError: bad row 17',
  ];
  for (const text of kept) {
    it(`are not seen where there are none: ${text}`, () => {
      assert.deepEqual(redactText(text), { text, hidden: [] });
    });
  }

  it('are found in a time that grows with the text, whatever it is made of', () => {
    const parts = [
      'a',
      ':',
      '=',
      '://',
      '://a:',
      '://a:1',
      '"',
      '\\"',
      '"a',
      '--a',
      '-Da',
      'password',
      'token=',
      '\\',
    ];
    parts.push(
      'password="',
      '"password":"',
      'authorization:',
      'bearer ',
      'jdbc:oracle:thin:',
      '-D-Dpassword',
      '--token ',
    );
    const time = (text: string): number => {
      const began = performance.now();
      redactText(text);
      return performance.now() - began;
    };
    for (const part of parts) {
      const [small, large] = [part.repeat(5000), part.repeat(40_000)];
      time(small);
      const least = Math.min(time(small), time(small), time(small));
      const most = Math.min(time(large), time(large));
      assert.ok(
        most < 40 * Math.max(least, 2),
        `${part}: ${least.toFixed(1)} ms, then ${most.toFixed(1)} ms`,
      );
    }
  });
});
