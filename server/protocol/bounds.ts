import { Type, type TRecord, type TSchema } from 'typebox';

/**
 * What a request may be made of. Each part has a bound, so that nothing that is kept or listed is larger than anyone needs;
 * all are far above what Spark or the system takes.
 */

/** Linux takes 4096 bytes of a path; a URL is hardly longer. */
export const longestPath = 4096;
/** Linux takes no longer argument and no longer variable, MAX_ARG_STRLEN less its end. */
export const longestArgument = 128 * 1024 - 1;
/** Of a property of Spark's: a list of jars, or of JVM options. */
export const longestProperty = 1024 * 1024;
/** Of a name that people read. */
export const longestName = 1000;
/** Of arguments, files, properties and variables. */
export const mostItems = 5000;

/** Names, each with a value. */
export function record<T extends TSchema>(
  value: T,
  options: { maxProperties?: number; description?: string } = {},
): TRecord<string, T> {
  const propertyNames = Type.String({ maxLength: longestName });
  return Type.Record(Type.String(), value, { maxProperties: mostItems, propertyNames, ...options });
}
