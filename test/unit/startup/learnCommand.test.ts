import assert from 'node:assert/strict';
import { readLearned } from '../../../server/startup/learnCommand.ts';

const output = (args: string[], env: string[]): string =>
  `a line of spark-env\nlearned\0${args.join('\0')}\0\0${env.join('\0')}\0`;

describe('startup/learnCommand', () => {
  const args = [
    '-cp',
    '/s/conf:/s/jars/*',
    '-Xmx1g',
    '--add-opens=a=b',
    'org.apache.spark.deploy.SparkSubmit',
    'x.py',
  ];

  it("takes the JVM's arguments, and what the scripts did to the environment", () => {
    const learned = readLearned(
      output(args, ['HOME=/h', 'PYTHONHASHSEED=0', 'SPARK_HOME=/s', 'PWD=/tmp', '_=/x', 'A=b=c', 'SHLVL=2']),
      { HOME: '/h', SPARK_HOME: '/other' },
    );
    assert.deepEqual(learned, {
      jvmArguments: ['-cp', '/s/conf:/s/jars/*', '-Xmx1g', '--add-opens=a=b'],
      env: { PYTHONHASHSEED: '0', SPARK_HOME: '/s', A: 'b=c' },
    });
  });

  for (const [what, text] of [
    ['nothing', ''],
    ['another class', output(['-Xmx1g', 'org.example.Main'], [])],
    ['two heaps', output(['-Xmx1g', '-Xmx2g', 'org.apache.spark.deploy.SparkSubmit'], [])],
  ] as const) {
    it(`refuses ${what}`, () => assert.throws(() => readLearned(text, {}), /unknown form/));
  }
});
