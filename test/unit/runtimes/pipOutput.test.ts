import assert from 'node:assert/strict';
import { explainPipFailure, knowsRawProgress, PipProgress } from '../../../server/runtimes/pipOutput.ts';

/** As pip 26 printed it, the many lines of a count left out. */
const output = `Collecting pyspark==4.2.1
  Downloading pyspark-4.2.1.tar.gz (450.0 MB)
Progress 0 of 450000000
Progress 225000000 of 450000000
Progress 450000000 of 450000000
  Installing build dependencies: started
  Downloading setuptools-80.9.0-py3-none-any.whl (1.2 MB)
Progress 600000 of 1200000
Collecting py4j<0.10.9.10,>=0.10.9.7 (from pyspark==4.2.1)
  Downloading py4j-0.10.9.9-py2.py3-none-any.whl (203 kB)
Progress 203000 of 203000
Building wheels for collected packages: pyspark
  Building wheel for pyspark (pyproject.toml): started
  Building wheel for pyspark (pyproject.toml): finished with status 'done'
Installing collected packages: py4j, pyspark
Successfully installed py4j-0.10.9.9 pyspark-4.2.1`.split('\n');

describe('pipOutput', () => {
  it('turns lines into progress that never falls', () => {
    const progress = new PipProgress('4.2.1');
    const steps = output.flatMap(line => progress.read(line) ?? []);
    const fractions = steps.map(step => step.fraction ?? -1);
    assert.deepEqual(
      fractions,
      fractions.toSorted((a, b) => a - b),
    );
    assert.deepEqual(
      steps.map(step => `${step.step} ${step.message}`),
      [
        'download Downloading pyspark-4.2.1.tar.gz',
        'download Downloading Spark 4.2.1: 0 of 450 MB',
        'download Downloading Spark 4.2.1: 225 of 450 MB',
        'download Downloading Spark 4.2.1: 450 of 450 MB',
        'install Unpacking Spark 4.2.1 (a minute or two)',
        'install Unpacking Spark 4.2.1 (a minute or two)',
        'install Installing Spark 4.2.1',
      ],
    );
    assert.ok(Math.abs((fractions[2] ?? 0) - 0.325) < 1e-9, 'half of the download');
  });

  const pips: [version: string, knows: boolean][] = [
    ['pip 23.0.1 from /x (python 3.11)', false],
    ['pip 24.0 from /x (python 3.12)', false],
    ['pip 24.1 from /x (python 3.12)', true],
    ['pip 26.0.1 from /x (python 3.13)', true],
    ['No module named pip', false],
  ];
  for (const [version, knows] of pips)
    it(`"${version}" ${knows ? 'knows' : "doesn't know"} raw progress`, () => {
      assert.equal(knowsRawProgress(version), knows);
    });

  const failures: [name: string, text: string, free: number, expected: RegExp][] = [
    [
      'a full disk',
      "ERROR: Could not install: [Errno 28] No space left on device: '/x'",
      9e9,
      /^The disk is full\. .* \/here/,
    ],
    ['a disk that fills up in a download', 'error: incomplete-download', 7e8, /^The disk is full\./],
    ['a broken download', 'error: incomplete-download', 9e9, /could not reach its package index/],
    [
      'a proxy that is away',
      "WARNING: Retrying after connection broken by 'ProxyError('Cannot connect to proxy.')'\nERROR: No matching distribution found for pyspark==4.3.0",
      9e9,
      /could not reach its package index\. .*HTTPS_PROXY/,
    ],
    [
      'no index at all',
      'ERROR: Could not find a version that satisfies pyspark (from versions: none)',
      9e9,
      /could not reach/,
    ],
    [
      'a certificate',
      "Could not fetch URL: SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]'))",
      9e9,
      /PIP_CERT/,
    ],
    [
      'a version that is not there',
      'ERROR: Could not find a version that satisfies the requirement pyspark==4.2.99 (from versions: 4.2.0, 4.2.1)\nERROR: No matching distribution found for pyspark==4.2.99',
      9e9,
      /has no such version/,
    ],
    [
      'a folder',
      "ERROR: Could not install: [Errno 13] Permission denied: '/here/lib'",
      9e9,
      /may not write to \/here/,
    ],
    [
      'anything else',
      'Collecting x\nERROR: Failed building wheel\nsee above',
      9e9,
      /^pip said: "ERROR: Failed building wheel"\.$/,
    ],
    ['silence', '', 9e9, /said nothing/],
  ];
  for (const [name, text, free, expected] of failures)
    it(`explains ${name}`, () => {
      assert.match(explainPipFailure(text === '' ? [] : text.split('\n'), '/here', free), expected);
    });
});
