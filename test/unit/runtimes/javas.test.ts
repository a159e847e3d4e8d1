import assert from 'node:assert/strict';
import {
  featureRelease,
  findJavas,
  inspectJava,
  parseRelease,
  parseSettings,
} from '../../../server/runtimes/javas.ts';
import { ProbeCache } from '../../../server/runtimes/probeCache.ts';
import { failing, javaHome, Tree } from './tree.ts';

describe('javas', () => {
  let tree: Tree;
  beforeEach(async () => {
    tree = await Tree.make();
  });
  afterEach(() => tree.remove());

  const find = (env: NodeJS.ProcessEnv): ReturnType<typeof findJavas> =>
    findJavas({
      env,
      javaFolders: [
        { folder: tree.path('jvm'), name: /./, inside: '' },
        { folder: tree.path('mac'), name: /jdk$/, inside: 'Contents/Home' },
      ],
      cache: new ProbeCache(env),
    });

  it('finds JAVA_HOME, the home of the java on PATH, and the usual folders, newest first', async () => {
    await tree.add({
      ...javaHome('mine', '1.8.0_392'),
      ...javaHome('opt/java-21', '21.0.4'),
      ...javaHome('jvm/a17', '17.0.15'),
      ...javaHome('jvm/b25', '25.0.3'),
      ...javaHome('mac/temurin.jdk/Contents/Home', '11.0.2'),
      'mac/readme': '',
      'jvm/empty/lib/x': '',
      'bin/java': { link: 'opt/java-21/bin/java' },
    });
    const { javas } = await find({ JAVA_HOME: tree.path('mine'), PATH: tree.path('bin') });
    assert.deepEqual(
      javas.map(java => [java.home, java.version, java.source]),
      [
        [tree.path('mine'), 8, 'JAVA_HOME'],
        [tree.path('opt/java-21'), 21, 'PATH'],
        [tree.path('jvm/b25'), 25, tree.path('jvm')],
        [tree.path('jvm/a17'), 17, tree.path('jvm')],
        [tree.path('mac/temurin.jdk/Contents/Home'), 11, tree.path('mac/temurin.jdk/Contents')],
      ],
    );
  });

  it('lists a home once, however many ways lead there', async () => {
    await tree.add({
      ...javaHome('jvm/java-17', '17.0.15'),
      'jvm/default': { link: 'jvm/java-17' },
      'bin/java': { link: 'jvm/java-17/bin/java' },
    });
    const { javas } = await find({ JAVA_HOME: tree.path('jvm/default'), PATH: tree.path('bin') });
    assert.deepEqual(
      javas.map(java => java.source),
      ['JAVA_HOME'],
    );
  });

  it('tells of a JAVA_HOME that is none', async () => {
    const { javas, badJavaHome } = await find({ JAVA_HOME: tree.path('nothing') });
    assert.deepEqual(javas, []);
    assert.equal(badJavaHome, `${tree.path('nothing')} is not a Java: it has no bin/java that can be run.`);
  });

  // The programs in the next two tests are scripts that print what a Java, or macOS's stand-in for one, would.
  it('asks a program that stands in for Java where the home is', async () => {
    const home = tree.path('real home');
    await tree.add({
      'shims/java': {
        program: `#!/bin/sh\necho 'Picked up JAVA_TOOL_OPTIONS: -Xmx1g' >&2\necho '    java.home = ${home}' >&2\necho '    java.version = 21.0.4' >&2\n`,
      },
    });
    const { javas } = await find({ PATH: tree.path('shims') });
    assert.deepEqual(
      javas.map(({ home, version, fullVersion }) => ({ home, version, fullVersion })),
      [{ home, version: 21, fullVersion: '21.0.4' }],
    );
  });

  it('leaves out what fails, and says why', async () => {
    await tree.add({ 'stub/bin/java': failing('Unable to locate a Java Runtime.') });
    const answer = await inspectJava(tree.path('stub'), {}, new ProbeCache({}));
    assert.ok('reason' in answer);
    assert.match(answer.reason, /failed with exit code 127: Unable to locate a Java Runtime/);
    assert.deepEqual((await find({ PATH: tree.path('stub/bin') })).javas, []);
  });

  const versions: [full: string, feature: number | undefined][] = [
    ['1.8.0_392', 8],
    ['9', 9],
    ['11.0.2', 11],
    ['17.0.15', 17],
    ['26-ea', 26],
    ['unknown', undefined],
  ];
  for (const [full, feature] of versions)
    it(`${full} is Java ${feature ?? 'nothing'}`, () => {
      assert.equal(featureRelease(full), feature);
    });

  it('reads release files with and without modules', () => {
    assert.deepEqual(parseRelease('IMPLEMENTOR="X"\nJAVA_VERSION="17.0.1"\nMODULES="a b"\n'), {
      version: 17,
      fullVersion: '17.0.1',
      modules: new Set(['a', 'b']),
    });
    assert.deepEqual(parseRelease('JAVA_VERSION="1.8.0_392"\n')?.modules, undefined);
    assert.equal(parseRelease('nonsense'), undefined);
    assert.equal(parseSettings('nonsense'), undefined);
  });
});
