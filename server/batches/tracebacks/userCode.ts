import { isLibraryClass } from '../../artifacts/libraryPackages.ts';
import type { JvmError, JvmFrame } from './jvm.ts';
import type { PythonError, PythonFrame } from './python.ts';

export type IsUserFile = (file: string) => boolean;

/** The frame where the user's own code went wrong: the deepest one that isn't of Python, Spark or an installed package. */
export function userFrame(error: PythonError, isUser: IsUserFile = isUserFile): PythonFrame | undefined {
  return error.frames.findLast(frame => isUser(frame.file));
}

export function userJvmFrame(error: JvmError): JvmFrame | undefined {
  return error.frames.find(frame => !isLibraryClass(frame.className));
}

export function isUserFile(file: string): boolean {
  return !file.startsWith('<') && !foreign.test(file);
}

/** Installed packages, the standard library, Spark's own Python in whatever shape, and what lies in an archive. */
const foreign =
  /\/(?:site|dist)-packages\/|\/lib\/python3\.\d+\/|\/python\/pyspark\/|\.(?:zip|egg|whl|jar)\//;
