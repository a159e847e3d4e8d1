import assert from 'node:assert/strict';
import { readFile, utimes } from 'node:fs/promises';
import { delimiter } from 'node:path';
import { ProbeCache } from '../../../server/runtimes/probeCache.ts';
import { findPythons, inspectPython, type PythonAnswer } from '../../../server/runtimes/pythons.ts';
import { runProbe } from '../../../server/runtimes/runProbe.ts';
import { failing, python, Tree } from './tree.ts';

// Most Pythons here are scripts that print what a Python of that version would: see tree.ts.
describe('pythons', () => {
  let tree: Tree;
  beforeEach(async () => {
    tree = await Tree.make();
  });
  afterEach(() => tree.remove());

  const env = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
    HOME: tree.root,
    PATH: [tree.path('a'), tree.path('absent'), tree.path('b')].join(delimiter),
    ...more,
  });
  const runs = async (name: string): Promise<number> =>
    (await readFile(tree.path(`${name}.runs`), 'utf8')).trim().split('\n').length;

  it('finds PYSPARK_PYTHON, then python3, the newest python3.NN and python in each folder of PATH', async () => {
    await tree.add({
      'own/python': python({ path: '/own', version: '3.13.0' }),
      'a/python3.9': python({ path: '/a9', version: '3.9.1' }),
      'a/python3.12': python({ path: '/a12', version: '3.12.1' }),
      'a/python3': python({ path: '/a3', version: '3.11.2' }),
      'a/python3-config': failing('not a Python'),
      'b/python': python({ path: '/b2', version: '2.7.18' }),
      'b/python3': 'a text, not a program',
    });
    const { pythons } = await findPythons(
      env({ PYSPARK_PYTHON: tree.path('own/python') }),
      new ProbeCache({}),
    );
    assert.deepEqual(
      pythons.map(one => `${one.path} ${one.version} ${one.source}`),
      [
        '/own 3.13.0 PYSPARK_PYTHON',
        '/a3 3.11.2 PATH',
        '/a12 3.12.1 PATH',
        '/a9 3.9.1 PATH',
        '/b2 2.7.18 PATH',
      ],
    );
  });

  it('leaves out shims that lead nowhere, and tells of a PYSPARK_PYTHON that does', async () => {
    await tree.add({ 'a/python3': failing('pyenv: python3: command not found') });
    const { pythons, badPysparkPython } = await findPythons(
      env({ PYSPARK_PYTHON: 'python3' }),
      new ProbeCache({}),
    );
    assert.deepEqual(pythons, []);
    assert.match(badPysparkPython ?? '', /failed with exit code 127: pyenv: python3: command not found/);
  });

  it('lists a Python once that has several names', async () => {
    await tree.add({
      'a/python3': python({ path: '/same', version: '3.11.2' }),
      'b/python': python({ path: '/same', version: '3.11.2' }),
    });
    assert.equal((await findPythons(env(), new ProbeCache({}))).pythons.length, 1);
  });

  const wanted: [name: string, wanted: () => string, expected: RegExp | undefined][] = [
    ['a path', () => tree.path('a/python3'), undefined],
    ['a name on PATH', () => 'python3', undefined],
    ['a path from the home folder', () => '~/a/python3', undefined],
    ['a name that is not there', () => 'python9', /no program python9 on PATH/],
    ['a relative path', () => 'a/python3', /give an absolute path or a name on PATH/],
    [
      'a program that is no Python',
      () => tree.path('a/other'),
      /is not a Python: it doesn't tell its version/,
    ],
  ];
  for (const [name, of, expected] of wanted)
    it(`takes or refuses ${name}`, async () => {
      await tree.add({
        'a/python3': python({ path: '/found', version: '3.11.2' }),
        'a/other': { program: '#!/bin/sh\necho hello\n' },
      });
      const answer = await inspectPython(of(), env(), new ProbeCache({}));
      if (expected) assert.match('reason' in answer ? answer.reason : '', expected);
      else assert.equal('python' in answer && answer.python.path, '/found');
    });

  it('asks a program once, and again when it or what pyenv chooses has changed', async () => {
    await tree.add({ 'a/python3': python({ path: '/a3', version: '3.11.2' }), '.pyenv/version': '3.11.2' });
    const cache = new ProbeCache<PythonAnswer>(env());
    await Promise.all([findPythons(env(), cache), findPythons(env(), cache)]);
    assert.equal(await runs('a/python3'), 1);
    await utimes(tree.path('.pyenv/version'), 1, 1);
    await findPythons(env(), cache);
    assert.equal(await runs('a/python3'), 2);
    await tree.add({ 'a/python3': python({ path: '/a3', version: '3.12.10' }) });
    const { pythons } = await findPythons(env(), cache);
    assert.deepEqual(
      pythons.map(one => one.version),
      ['3.12.10'],
    );
  });

  it('gives up on a program that never answers, with its children', async () => {
    await tree.add({ 'a/python3': { program: '#!/bin/sh\nsleep 60\n' } });
    const started = performance.now();
    const ran = await runProbe(tree.path('a/python3'), [], { PATH: process.env.PATH ?? '' }, 500);
    assert.deepEqual(ran, { ok: false, reason: 'gave no answer within 0.5 s' });
    assert.ok(performance.now() - started < 30_000);
  });

  it('gets its answers from a real Python', async () => {
    const answer = await inspectPython('python3', process.env, new ProbeCache({}));
    assert.ok('python' in answer, JSON.stringify(answer));
    assert.match(answer.python.version, /^3\.\d+\.\d+$/);
    assert.ok(answer.python.searchPath.length > 1);
    assert.ok(!answer.python.searchPath.includes(''));
  });
});
