import { readError, textOf } from './jvm.ts';
import type { PythonError } from './python.ts';

/**
 * A Python exception as a person would say it: without the module path of PySpark's own exceptions, and with Java's
 * exception in place of py4j's, which only says that there was one.
 */
export function wordingOf(error: PythonError): string {
  const [first = '', ...more] = error.message;
  const java = more.find(line => line.startsWith(': '));
  if (error.type === 'py4j.protocol.Py4JJavaError' && java !== undefined)
    return textOf(readError(java.slice(2)));
  const type = error.type.replace(/^(?:pyspark|py4j)\.(?:\w+\.)*/, '');
  return first === '' && more.length === 0 ? type : [`${type}: ${first}`, ...more].join('\n');
}
