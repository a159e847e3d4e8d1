import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { SparkdeckError, messageOf } from '../../../protocol/errors.ts';
import { readRegularFile } from '../../../store/regularFile.ts';

/** What the file .env of the data folder says. Without it the only cluster that runs is meant. */
export interface EnvironmentFile {
  /** SPARK_MASTER_URL: where the master's web page is, as http://localhost:8080 */
  masterPage?: string;
  /** SPARK_SUBMIT_MASTER: as spark://localhost:7077 */
  master?: string;
  /** SPARK_HOME */
  sparkHome?: string;
}

/**
 * Read at each request, so that a change holds at once.
 * @param env what ${NAME} in it stands for
 * @throws SparkdeckError cluster.unreachable when it can't be read, or names no address
 */
export function readEnvironmentFile(dataFolder: string, env: NodeJS.ProcessEnv): EnvironmentFile {
  const file = join(dataFolder, '.env');
  const text = readIfThere(file);
  const values = parseEnv(text);
  const value = (name: string): string | undefined =>
    values[name]?.replaceAll(/\$\{(\w+)\}/g, (_, other: string) => values[other] ?? env[other] ?? '') ||
    undefined;
  const [masterPage, master, sparkHome] = ['SPARK_MASTER_URL', 'SPARK_SUBMIT_MASTER', 'SPARK_HOME'].map(
    value,
  );
  if (masterPage !== undefined && !/^https?:\/\//.test(masterPage)) {
    throw unusable(
      file,
      `SPARK_MASTER_URL is ${masterPage}, not the address of a master's page such as http://localhost:8080`,
    );
  }
  return {
    ...(masterPage !== undefined && { masterPage }),
    ...(master !== undefined && { master }),
    ...(sparkHome !== undefined && { sparkHome }),
  };
}

/** Bytes. */
const largest = 2 ** 20;

function readIfThere(file: string): string {
  try {
    return existsSync(file) ? readRegularFile(file, largest).toString('utf8') : '';
  } catch (error) {
    throw unusable(file, messageOf(error));
  }
}

function unusable(file: string, why: string): SparkdeckError {
  return new SparkdeckError(
    'cluster.unreachable',
    `${file} can't be used: ${why}. Mend it; it is read at each request.`,
  );
}
