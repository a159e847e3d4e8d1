import { execa } from 'execa';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SteadyBackend } from '../server/api/cli/steadyBackend.ts';
import { processSurroundings } from '../server/api/cli/processSurroundings.ts';
import { connectBackend } from '../server/client/connectBackend.ts';
import { defaultDataFolder } from '../server/client/dataFolder.ts';
import { messageOf } from '../server/protocol/errors.ts';
import type { Runtime } from '../server/protocol/runtime.ts';

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'examples', 'jar');

/** `npm run example:jar`: compiles the Java example against the Spark that batches start with. */
async function main(): Promise<void> {
  const { java, spark } = await findRuntime();
  const [javac, jar] = await Promise.all([findTool(java.home, 'javac'), findTool(java.home, 'jar')]);
  const classes = await mkdtemp(join(tmpdir(), 'sparkdeck-classes-'));
  try {
    const output = join(folder, 'word-count.jar');
    const classPath = join(spark.home, 'jars', '*');
    await execa(javac, ['-d', classes, '-cp', classPath, join(folder, 'WordCount.java')], {
      stdio: 'inherit',
    });
    await execa(jar, ['--create', '--file', output, '--main-class', 'WordCount', '-C', classes, '.']);
    console.log(`Made ${output}`);
  } finally {
    await rm(classes, { recursive: true, force: true });
  }
}

async function findRuntime(): Promise<Runtime> {
  const { env, backendProgram: start } = processSurroundings();
  const backend = new SteadyBackend(() => connectBackend({ dataFolder: defaultDataFolder(env), start }));
  try {
    const { runtime } = await backend.request('runtime/doctor', {});
    if (runtime) return runtime;
    throw new Error(
      'There is no Spark here to compile against yet. Install one: npm run -s sparkdeck -- runtime install',
    );
  } finally {
    await backend.close();
  }
}

/** A tool of the Java development kit: that of the runtime's Java, else the one on PATH. */
async function findTool(javaHome: string, name: string): Promise<string> {
  const beside = join(javaHome, 'bin', name);
  const there = await access(beside).then(
    () => true,
    () => false,
  );
  if (there) return beside;
  const onPath = await execa(name, ['--version'], { reject: false });
  if (!onPath.failed) return name;
  throw new Error(
    `There is no ${name}: ${javaHome} is a Java without the development kit. On Debian and Ubuntu: sudo apt-get install openjdk-17-jdk-headless`,
  );
}

await main().catch(error => {
  console.error(messageOf(error));
  process.exitCode = 1;
});
