import { existsSync } from 'node:fs';
import { access, constants, stat } from 'node:fs/promises';
import { dirname, extname, isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BatchRequest } from '../protocol/batch.ts';
import { messageOf, SparkdeckError } from '../protocol/errors.ts';
import { readMainClasses, requireClass } from '../artifacts/mainClasses.ts';
import { plainSize } from '../clusters/memory.ts';
import { survivesTrimming } from './parseProperties.ts';
import { isGlob } from './globs.ts';
import { filesOf } from './requestFiles.ts';

/**
 * Refuses what could only fail later and less clearly, and fills in what follows from the file: the main class that a
 * jar's manifest names, and the working folder, which is the batch's own where the file is no local one.
 * @returns the request as it will be run
 * @throws SparkdeckError file.missing, file.kind, class.missing, conf.invalid
 */
export async function checkRequest(request: BatchRequest): Promise<BatchRequest> {
  checkConf(request.conf ?? {});
  checkEnvironment(request.environment ?? {});
  checkWords(request);
  checkCounts(request);
  const file = localPath(request.file);
  const kind = extname(file ?? request.file.replace(/[?#].*$/, '')).toLowerCase();
  if (kind !== '.py' && kind !== '.jar') {
    throw new SparkdeckError(
      'file.kind',
      `${request.file} is neither a .py nor a .jar file. Spark runs only these.`,
    );
  }
  if (kind === '.jar' && request.file.includes(',')) throw comma(request.file);
  if (file) await checkFile(file, 'The file to run');
  for (const other of [request.jars, request.pyFiles, request.files, request.archives].flatMap(
    list => list ?? [],
  )) {
    if (other.includes(',')) throw comma(other);
    const alias = /#[^/]*$/.exec(other)?.[0] ?? '';
    checkMark(other.slice(0, other.length - alias.length));
    if (alias !== '' && existsSync(other)) checkMark(other);
    const path = localPath(other.replace(/#[^/]*$/, ''));
    if (path && isGlob(path) && !other.startsWith('local:')) {
      throw new SparkdeckError(
        'file.kind',
        `${other} has one of * ? [ { in its path, which Spark takes for a pattern. Rename it.`,
      );
    }
    if (path) await checkFile(path, 'A file of the request');
  }
  const className = kind === '.jar' ? await mainClass(request, file) : undefined;
  const workingFolder = request.workingFolder ?? (file && dirname(file));
  if (workingFolder !== undefined) await checkFolder(workingFolder);
  return {
    ...withPlainSizes(request),
    ...(className && { className }),
    ...(workingFolder !== undefined && { workingFolder }),
  };
}

const comma = (file: string): SparkdeckError =>
  new SparkdeckError(
    'file.kind',
    `${file} has a comma in its name, with which spark-submit separates files. Rename it.`,
  );

/** In a list, Spark takes a path for a URL, of which # begins an alias. */
function checkMark(file: string): void {
  if (!file.includes('#')) return;
  throw new SparkdeckError(
    'file.kind',
    `${file} has a # in its path, after which Spark reads no further: to it, what follows is another name. Rename the file or its folder.`,
  );
}

/** The path on this machine that a file of a request names; undefined for what Spark fetches itself (s3a:, hdfs:, http:). */
export function localPath(file: string): string | undefined {
  try {
    if (file.startsWith('file:')) return fileURLToPath(file.replace(/^file:\/*/, 'file:///'));
  } catch (error) {
    throw new SparkdeckError('file.missing', `${file} names no file: ${messageOf(error)}.`, { cause: error });
  }
  return /^[a-z][a-z0-9+.-]+:/i.test(file) ? undefined : file;
}

/** Sizes in the spelling that JVMs take as well, in whichever place they are given. */
function withPlainSizes(request: BatchRequest): BatchRequest {
  const { driverMemory, executorMemory, conf } = request;
  const sizes = ['spark.driver.memory', 'spark.executor.memory'].flatMap(name => {
    const size = conf?.[name];
    return size === undefined ? [] : [[name, plainSize(size)] as const];
  });
  return {
    ...request,
    ...(driverMemory !== undefined && { driverMemory: plainSize(driverMemory) }),
    ...(executorMemory !== undefined && { executorMemory: plainSize(executorMemory) }),
    ...(conf && { conf: { ...conf, ...Object.fromEntries(sizes) } }),
  };
}

/** More than any cluster has, and few enough to be written down. */
const mostOfAnything = 100_000;

function checkCounts({ driverCores, executorCores, numExecutors }: BatchRequest): void {
  for (const [name, count] of Object.entries({ driverCores, executorCores, numExecutors })) {
    if (count === undefined || count <= mostOfAnything) continue;
    throw new SparkdeckError(
      'request.invalid',
      `${name} is ${count}, more than any cluster has. Ask for less.`,
    );
  }
}

/** What spark-submit is given as arguments. */
function checkWords({ name = '', className = '', args = [], ...request }: BatchRequest): void {
  if (/\p{Cc}/u.test(name + className)) {
    throw new SparkdeckError(
      'request.invalid',
      'The name or the main class holds a control character, such as a line break. Leave it out.',
    );
  }
  if ([...args, ...filesOf(request)].some(word => word.includes('\0'))) {
    throw new SparkdeckError(
      'request.invalid',
      'An argument or the name of a file holds a NUL character, which no program can be given.',
    );
  }
}

/** Of settings whose values Spark redacts (spark.redaction.regex). */
const isSecret = /secret|password|token|access[.]?key/i;

function checkConf(conf: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(conf)) {
    if (!/^spark\.[^\s=\p{Cc}]+$/u.test(key)) {
      throw new SparkdeckError(
        'conf.invalid',
        `"${key}" is no Spark setting: the name of one begins with "spark." and has no spaces, as in spark.sql.shuffle.partitions. ` +
          `Hadoop's are given as spark.hadoop.NAME.`,
      );
    }
    if (value.includes('\0')) {
      throw new SparkdeckError(
        'conf.invalid',
        `The value of ${key} holds a NUL character, which no program can be given.`,
      );
    }
    // It would have to be an argument, which every user of the machine can see.
    if (isSecret.test(key) && !survivesTrimming(value)) {
      throw new SparkdeckError(
        'conf.invalid',
        `The value of ${key} begins or ends with a blank, which Spark trims from a file of settings. Leave the blank out, or have the program read the secret by itself.`,
      );
    }
    if (key === 'spark.remote') {
      throw new SparkdeckError(
        'conf.invalid',
        `spark.remote is not supported: a batch starts a Spark of its own. To use a Spark Connect server, write SparkSession.builder.remote("${value}") in the program.`,
      );
    }
    if (key === 'spark.ui.port' && !(Number(value) <= 65_535 && /^\d+$/.test(value))) {
      throw new SparkdeckError(
        'conf.invalid',
        `spark.ui.port=${value} is no port. Give a number up to 65535.`,
      );
    }
    if (key === 'spark.submit.deployMode' && value !== 'client') {
      throw new SparkdeckError(
        'conf.invalid',
        `spark.submit.deployMode=${value} is not supported: the driver runs beside Sparkdeck, where it can be followed to its end. Leave the setting out.`,
      );
    }
  }
}

function checkEnvironment(environment: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(environment)) {
    if (/^[^=\0]+$/.test(name) && !value.includes('\0')) continue;
    throw new SparkdeckError(
      'request.invalid',
      value.includes('\0')
        ? `The value of the environment variable "${name}" holds a NUL character, which no program can be given.`
        : `"${name}" can't be the name of an environment variable: it must not be empty, nor hold = or NUL.`,
    );
  }
}

async function checkFile(path: string, what: string): Promise<void> {
  if (!isAbsolute(path)) {
    throw new SparkdeckError(
      'file.missing',
      `${what} is named by a relative path, ${path}. Give it in full, or as a URL.`,
    );
  }
  try {
    await access(path, constants.R_OK);
  } catch (error) {
    throw new SparkdeckError('file.missing', `${what}, ${path}, can't be read: ${messageOf(error)}`, {
      cause: error,
    });
  }
  if (!(await stat(path)).isFile()) throw new SparkdeckError('file.kind', `${what}, ${path}, is a folder.`);
}

async function checkFolder(path: string): Promise<void> {
  if (!isAbsolute(path)) {
    throw new SparkdeckError(
      'request.invalid',
      `The working folder is a relative path, ${path}. Give it in full: the backend has a folder of its own.`,
    );
  }
  const found = await stat(path).catch(() => undefined);
  if (!found?.isDirectory())
    throw new SparkdeckError('file.missing', `The working folder ${path} doesn't exist.`);
}

async function mainClass(request: BatchRequest, file: string | undefined): Promise<string | undefined> {
  if (!file) return request.className;
  if (request.className) {
    await requireClass(file, request.className);
    return request.className;
  }
  const { classes, manifestMainClass } = await readMainClasses(file);
  if (manifestMainClass) return manifestMainClass;
  if (classes.length === 1) return classes[0];
  throw new SparkdeckError(
    'class.missing',
    classes.length === 0
      ? `${file} has no class with a main method. Build the application's jar, or give a className that is in one of its jars.`
      : `${file} has several main classes. Choose one as className: ${classes.slice(0, 10).join(', ')}.`,
  );
}
