import assert from 'node:assert/strict';
import {
  checkClusterName,
  checkCount,
  checkWorkerMemory,
  defaultClusterSize,
  freeClusterName,
} from '../../../src/commands/clusterSize.ts';
import { doctorText } from '../../../src/doctor/doctorText.ts';
import { formatBytes } from '../../../src/format/bytes.ts';
import { formatDuration, formatTime } from '../../../src/format/duration.ts';
import { codeBlock } from '../../../src/format/markdown.ts';
import { formatMemory, parseMemory } from '../../../src/format/memory.ts';
import { endNotice } from '../../../src/notices/notice.ts';
import { bestMatch, problemFile } from '../../../src/problems/problemFile.ts';
import { statusText } from '../../../src/status/statusText.ts';
import { callSite, ordinal } from '../../../src/tree/descriptions.ts';
import { batchTooltip } from '../../../src/tree/tooltips.ts';
import { batch, noon, progress, tasks } from './samples.ts';

describe('durations and sizes', () => {
  for (const [ms, text] of [
    [-5, '0 ms'],
    [850, '850 ms'],
    [1_250, '1.2 s'],
    [12_900, '12 s'],
    [185_000, '3 min 05 s'],
    [7_800_000, '2 h 10 min'],
  ] as const) {
    it(`${ms} ms is ${text}`, () => assert.equal(formatDuration(ms), text));
  }

  it('names the day only when it is another', () => {
    assert.equal(formatTime(noon, noon + 60_000), '12:00:00');
    assert.equal(formatTime(noon, noon + 86_400_000), '2026-05-01 12:00:00');
  });

  it('reads and writes memory as Spark does', () => {
    assert.deepEqual(['512m', '2G', '1024k', '1t', '0g', '2', 'x'].map(parseMemory), [
      512,
      2048,
      1,
      1048576,
      undefined,
      undefined,
      undefined,
    ]);
    assert.deepEqual([512, 1024, 1536].map(formatMemory), ['512 MB', '1 GB', '1.5 GB']);
    assert.deepEqual([0, 1023, 1024, 1536, 120 * 2 ** 20, 2 ** 30 - 1, 2 ** 50].map(formatBytes), [
      '0 B',
      '1023 B',
      '1 KB',
      '1.5 KB',
      '120 MB',
      '1 GB',
      '1 PB',
    ]);
  });
});

describe('places', () => {
  it('are ordinal numbers in a queue', () => {
    assert.deepEqual([1, 2, 3, 4, 11, 12, 13, 21, 102, 111].map(ordinal), [
      ...['1st', '2nd', '3rd', '4th', '11th', '12th', '13th', '21st', '102nd', '111th'],
    ]);
  });

  for (const [name, text] of [
    ['count at /home/ann/my project/slow.py:27', 'count at slow.py:27'],
    ['count at C:\\work\\slow.py:27', 'count at slow.py:27'],
    ['count at WordCount.java:35', 'count at WordCount.java:35'],
    ['a look at /home and no line', 'a look at /home and no line'],
  ] as const) {
    it(`in a program are without folders: ${name}`, () => assert.equal(callSite(name), text));
  }
});

describe('the size of a new cluster', () => {
  const gb = 2 ** 30;
  for (const [cores, memory, size] of [
    [1, 1, [1, 1, '1g']],
    [2, 8, [1, 2, '4g']],
    [4, 8, [2, 2, '2g']],
    [10, 64, [2, 5, '4g']],
  ] as const) {
    it(`fits ${cores} cores and ${memory} GB`, () => {
      const { workers, workerCores, workerMemory } = defaultClusterSize({ cores, memory: memory * gb });
      assert.deepEqual([workers, workerCores, workerMemory], size);
    });
  }

  it('has a name that is free', () => {
    assert.equal(freeClusterName([]), 'local');
    assert.equal(freeClusterName(['local', 'local-2', 'x']), 'local-3');
  });

  it('is checked while it is typed', () => {
    assert.equal(checkClusterName('a-1', []), undefined);
    assert.match(checkClusterName('a-1', ['a-1']) ?? '', /already/);
    for (const name of ['', 'A', '-a', 'a_b', 'a'.repeat(41)])
      assert.match(checkClusterName(name, []) ?? '', /Lower-case/);
    assert.equal(checkCount('64', 64), undefined);
    for (const text of ['0', '65', '1.5', 'x', '']) assert.match(checkCount(text, 64) ?? '', /1 to 64/);
    assert.equal(checkWorkerMemory('512m'), undefined);
    for (const text of ['1', '511m', '']) assert.notEqual(checkWorkerMemory(text), undefined);
  });
});

describe('the status bar', () => {
  it('is empty when nothing runs', () => {
    assert.equal(statusText([batch({ id: 1, state: 'success' })], new Map(), noon), undefined);
  });

  it('counts, and tells of the newest', () => {
    const status = statusText(
      [batch({ id: 1, state: 'running' }), batch({ id: 2, state: 'starting', name: 'pi' })],
      new Map([[2, progress(2, { tasks: tasks(3, 10) })]]),
      noon,
    );
    assert.equal(status?.text, '$(sync~spin) 2 running · pi 3/10 tasks');
    assert.equal(status?.tooltip, 'pi: starting · 3/10 tasks\nword_count: running');
    assert.equal(status?.spoken, 'Spark jobs: 2 running, pi 3/10 tasks');
  });
});

describe('the notice at the end of a job', () => {
  const dead = batch({ id: 1, state: 'dead', reason: 'ValueError: x' });
  const success = batch({ id: 1, state: 'success' });
  const killed = batch({ id: 1, state: 'killed' });
  const cases = [
    [dead, 'never', undefined],
    [dead, 'failure', 'word_count failed: ValueError: x'],
    [success, 'failure', undefined],
    [success, 'always', 'word_count succeeded.'],
    [killed, 'always', undefined],
  ] as const;
  for (const [ended, policy, message] of cases) {
    it(`${ended.state}, ${policy}`, () => assert.equal(endNotice(ended, policy)?.message, message));
  }
});

describe('the file of a problem', () => {
  it('is a path from Python, and a name to look for from a JVM', () => {
    assert.deepEqual(problemFile('/w/a.py'), { kind: 'path', path: '/w/a.py' });
    assert.deepEqual(problemFile('org/x/Main.scala'), { kind: 'search', name: 'org/x/Main.scala' });
  });

  it('is the one whose folders agree with the package', () => {
    const found = ['/w/src/b/Main.java', '/w/src/org/x/Main.java', '/w/copy/of/src/org/x/Main.java'];
    assert.equal(bestMatch('org/x/Main.java', found), '/w/src/org/x/Main.java');
    assert.equal(bestMatch('Main.java', found), '/w/src/b/Main.java');
    assert.equal(bestMatch('Main.java', []), undefined);
  });
});

describe('Markdown', () => {
  it("takes a job's data as they stand", () => {
    const text = batchTooltip(
      batch({ id: 3, state: 'dead', name: 'a_b*c', reason: '```\nValueError', appId: 'app-1' }),
      undefined,
      noon,
    );
    assert.match(text, /\*\*a\\_b\\\*c/);
    assert.match(text, /app\\-1/);
    assert(text.endsWith('````\n```\nValueError\n````'));
  });

  it('fences code with more fences than it holds', () => {
    assert.equal(codeBlock('a'), '```\na\n```');
  });

  it('says what the doctor found and what to do', () => {
    const text = doctorText({
      javas: [{ home: '/jvm/8', version: 8, fullVersion: '1.8.0', source: 'PATH' }],
      pythons: [],
      sparks: [],
      findings: [
        {
          level: 'error',
          subject: 'java',
          message: 'Java 8 is too old.',
          advice: 'Type `apt install openjdk-17-jdk_headless`.',
        },
      ],
      machine: { platform: 'linux', cores: 2, memory: 4 * 2 ** 30 },
    });
    assert.match(text, /Not ready/);
    assert.match(text, /\*\*Error\*\*: Java 8 is too old/);
    assert.match(text, /Type `apt install openjdk-17-jdk_headless`\\\./);
    assert.match(text, /None found\./);
    assert.match(text, /linux, 2 cores, 4 GB/);
  });
});
