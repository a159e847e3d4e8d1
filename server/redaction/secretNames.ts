import { RE2JS } from 're2js';

/** Spark's own spark.redaction.regex, and what else secrets are called. */
export const secretWords =
  'secret|passw(?:or)?d|passphrase|credential|token|(?:access|api|private|account|signing|encryption)[._-]?key';

const secretName = new RegExp(String.raw`${secretWords}|[._-](?:pass|pwd)$|^-{0,2}pass$`, 'i');

/** Whether what has this name is a secret: a setting, a variable, an option. */
export const isSecretName = (name: string): boolean => secretName.test(name);

/** Which text a user's own spark.redaction.regex calls secret, as Spark does: the name of a setting, or its value. */
export type SecretPattern = (text: string) => boolean;

/** Longer texts are not searched, but taken for secret. Characters. */
const longestSearched = 4096;
const longestPattern = 1000;

/**
 * A spark.redaction.regex as a function. It comes from whoever submits, so it runs in an engine whose time is linear in the text.
 * A pattern that this engine doesn't know could mean anything: then all is secret.
 */
export function secretPattern(source: string | undefined): SecretPattern {
  if (source === undefined || source === '') return () => false;
  const compiled = compile(source);
  if (!compiled) return () => true;
  return text => text.length > longestSearched || compiled.test(text);
}

/** The last few: a list of batches asks for the same one again and again. */
const known = new Map<string, RE2JS | undefined>();
const mostKnown = 20;

function compile(source: string): RE2JS | undefined {
  if (known.has(source)) return known.get(source);
  let compiled: RE2JS | undefined;
  try {
    if (source.length <= longestPattern) compiled = RE2JS.compile(source);
  } catch {
    compiled = undefined;
  }
  if (known.size >= mostKnown) known.clear();
  known.set(source, compiled);
  return compiled;
}
