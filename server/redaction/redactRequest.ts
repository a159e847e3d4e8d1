import type { BatchRequest } from '../protocol/batch.ts';
import { redactedMark } from '../protocol/redactedMark.ts';
import { redactText, type Redacted } from './redactText.ts';
import { isSecretName, secretPattern } from './secretNames.ts';

/** Each text of a request that may hold a secret, redacted. */
export interface RedactedRequest {
  file: Redacted;
  name: Redacted | undefined;
  args: readonly Redacted[];
  conf: Readonly<Record<string, Redacted>>;
  environment: Readonly<Record<string, Redacted>>;
  jars: readonly Redacted[];
  pyFiles: readonly Redacted[];
  files: readonly Redacted[];
  archives: readonly Redacted[];
}

/** What is to be hidden of a request: by the names of its settings and options, and in its texts. */
export function redactRequest(request: BatchRequest): RedactedRequest {
  const isPattern = secretPattern(request.conf?.[patternName]);
  const value = (name: string, text: string): Redacted => {
    if (name === patternName) return { text, hidden: [] };
    return isSecretName(name) || isPattern(name) || isPattern(text) ? whole(text) : redactText(text);
  };
  const values = (map: Readonly<Record<string, string>> = {}): Record<string, Redacted> =>
    Object.fromEntries(Object.entries(map).map(([name, text]) => [name, value(name, text)]));
  return {
    file: redactPath(request.file),
    name: request.name === undefined ? undefined : redactText(request.name),
    args: redactArguments(request.args ?? [], name => isSecretName(name) || isPattern(name)),
    conf: values(request.conf),
    environment: values(request.environment),
    jars: (request.jars ?? []).map(redactPath),
    pyFiles: (request.pyFiles ?? []).map(redactPath),
    files: (request.files ?? []).map(redactPath),
    archives: (request.archives ?? []).map(redactPath),
  };
}

const patternName = 'spark.redaction.regex';

/** An option's value is the argument after it, or what comes after its "=". */
function redactArguments(args: readonly string[], isSecret: (name: string) => boolean): Redacted[] {
  return args.map((text, index) => {
    const before = args[index - 1] ?? '';
    const isOption = /^--?[A-Za-z][\w.-]{0,200}$/.test(before);
    if (isOption && isSecret(before) && !text.startsWith('--')) return whole(text);
    const [, start, name] = /^(-{0,2}([\w.-]{1,200})=)/.exec(text) ?? [];
    if (start === undefined || name === undefined || !isSecret(name)) return redactText(text);
    const { text: shown, hidden } = whole(text.slice(start.length));
    return { text: start + shown, hidden };
  });
}

/** A folder may be called anything; a URL has its secrets in known places. */
function redactPath(path: string): Redacted {
  return path.includes('://') ? redactText(path) : { text: path, hidden: [] };
}

function whole(text: string): Redacted {
  return text === '' || text === redactedMark ? { text, hidden: [] } : { text: redactedMark, hidden: [text] };
}
