import assert from 'node:assert/strict';
import type { FoundPython } from '../../../server/runtimes/pythons.ts';
import {
  findPysparks,
  inspectSpark,
  versionOfJars,
  versionOfPackage,
} from '../../../server/runtimes/sparks.ts';
import { sparkHome, Tree } from './tree.ts';

describe('sparks', () => {
  let tree: Tree;
  beforeEach(async () => {
    tree = await Tree.make();
  });
  afterEach(() => tree.remove());

  it('knows a Spark by spark-submit and its jars', async () => {
    await tree.add(sparkHome('spark', '4.3.0'));
    assert.deepEqual(await inspectSpark(tree.path('spark')), { version: '4.3.0', jars: 2 });
  });

  it('says what a folder lacks', async () => {
    await tree.add({ 'sources/bin/spark-submit': { program: '#!/bin/sh\n' }, 'sources/pom.xml': '' });
    const reason = async (name: string): Promise<string> => {
      const answer = await inspectSpark(tree.path(name));
      return 'reason' in answer ? answer.reason : '';
    };
    assert.match(await reason('absent'), /is not a Spark: it has no bin\/spark-submit/);
    assert.match(await reason('sources'), /is not a complete Spark: it has no jars\/spark-core/);
  });

  it('finds the pyspark that each Python would import, and not the client alone', async () => {
    await tree.add({
      ...sparkHome('site/pyspark', '4.2.1'),
      ...sparkHome('later/pyspark', '3.5.9'),
      'client/pyspark/version.py': '__version__: str = "4.3.0"\n',
    });
    const python = (path: string, folders: string[]): FoundPython => ({
      path,
      version: '3.11.2',
      source: 'PATH',
      prefix: path,
      searchPath: folders.map(folder => tree.path(folder)),
      makesVenvs: true,
    });
    const sparks = await findPysparks([
      python('/1', ['absent', 'site', 'later']),
      python('/2', ['client', 'later']),
      python('/3', ['site']),
    ]);
    assert.deepEqual(
      sparks.map(({ home, version, source, ownPython }) => [home, version, source, ownPython?.path]),
      [[tree.path('site/pyspark'), '4.2.1', 'pyspark', '/1']],
    );
  });

  const jars: [name: string, version: string | undefined][] = [
    ['spark-core_2.13-4.3.0.jar', '4.3.0'],
    ['spark-core_2.12-3.5.1.jar', '3.5.1'],
    ['spark-core_2.12-3.5.1-amzn-0.jar', '3.5.1'],
    ['spark-core_2.13-4.1.0-SNAPSHOT.jar', '4.1.0'],
    ['spark-core_2.13-4.1.0.jar.sha512', undefined],
    ['my-spark-core_2.13-4.1.0.jar', undefined],
  ];
  for (const [name, version] of jars)
    it(`${name} is of ${version ?? 'no Spark'}`, () => {
      assert.equal(versionOfJars([name]), version);
    });

  it('reads the version of a package of either style', async () => {
    await tree.add({
      'old/version.py': '__version__ = "3.5.9"\n',
      'new/version.py': "__version__: str = '4.3.0'\n",
    });
    assert.equal(await versionOfPackage(tree.path('old')), '3.5.9');
    assert.equal(await versionOfPackage(tree.path('new')), '4.3.0');
    assert.equal(await versionOfPackage(tree.path('absent')), undefined);
  });
});
