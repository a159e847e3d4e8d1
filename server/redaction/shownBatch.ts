import type { Batch, BatchRequest } from '../protocol/batch.ts';
import { redactedMark } from '../protocol/redactedMark.ts';
import { redactRequest, type RedactedRequest } from './redactRequest.ts';
import { redactText, type Redacted } from './redactText.ts';

/** A batch as everybody may see it, who may see it at all: without the secrets of its request. */
export function shownBatch(batch: Batch): Batch {
  const redacted = redactRequest(batch.request);
  const secrets = secretsIn(redacted);
  const text = (value: string): string => redactText(hideSecrets(value, secrets)).text;
  return {
    ...batch,
    name: text(batch.name),
    request: shownRequest(batch.request, redacted),
    ...(batch.master !== undefined && { master: redactText(batch.master).text }),
    ...(batch.reason !== undefined && { reason: text(batch.reason) }),
  };
}

/** Takes a batch's secrets out of all texts of what was found out about it. */
export function withoutSecrets<T>(value: T, request: BatchRequest): T;
export function withoutSecrets(value: unknown, request: BatchRequest): unknown {
  const secrets = secretsIn(redactRequest(request));
  return secrets.length === 0 ? value : inAllTexts(value, text => hideSecrets(text, secrets));
}

function shownRequest(request: BatchRequest, redacted: RedactedRequest): BatchRequest {
  const { jars, pyFiles, files, archives, args, conf, environment, name } = request;
  return {
    ...request,
    file: redacted.file.text,
    ...(name !== undefined && { name: redacted.name?.text ?? name }),
    ...(args && { args: texts(redacted.args) }),
    ...(conf && { conf: textsByName(redacted.conf) }),
    ...(environment && { environment: textsByName(redacted.environment) }),
    ...(jars && { jars: texts(redacted.jars) }),
    ...(pyFiles && { pyFiles: texts(redacted.pyFiles) }),
    ...(files && { files: texts(redacted.files) }),
    ...(archives && { archives: texts(redacted.archives) }),
  };
}

/** What is worth to be looked for in other texts: "true" or "8080" would be found everywhere. Longest first. */
function secretsIn({ file, name, conf, environment, ...lists }: RedactedRequest): string[] {
  const all = [
    file,
    ...(name ? [name] : []),
    ...Object.values(conf),
    ...Object.values(environment),
    ...Object.values(lists).flat(),
  ];
  const hidden = all
    .flatMap(each => each.hidden)
    .filter(secret => !/^(.{0,3}|true|false|\d{1,5})$/s.test(secret));
  return [...new Set(hidden)].toSorted((a, b) => b.length - a.length);
}

function hideSecrets(text: string, secrets: readonly string[]): string {
  let shown = text;
  for (const secret of secrets) shown = shown.replaceAll(secret, redactedMark);
  return shown;
}

function inAllTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((each: unknown) => inAllTexts(each, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, inAllTexts(each, change)]));
}

const texts = (values: readonly Redacted[]): string[] => values.map(({ text }) => text);

function textsByName(values: Readonly<Record<string, Redacted>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, { text }]) => [name, text]));
}
