import type { BatchRequest } from '../protocol/batch.ts';
import { SparkdeckError } from '../protocol/errors.ts';
import { redactedMark } from '../protocol/redactedMark.ts';
import { redactRequest, type RedactedRequest } from './redactRequest.ts';
import type { Redacted } from './redactText.ts';

/**
 * A request that was made from one as it is shown, with the secrets put back: whoever changes a batch and runs it again sends the
 * marks of what they were not shown.
 * @param earlier the request of the batch that is run again, with its secrets
 * @throws SparkdeckError request.invalid for a mark that stands for nothing known: it must not become somebody's password
 */
export function restoreSecrets(request: BatchRequest, earlier?: BatchRequest): BatchRequest {
  if (!hasMark(JSON.stringify(request))) return request;
  const before = earlier && redactRequest(earlier);
  const { name, args, conf, environment } = request;
  const lists = Object.fromEntries(
    (['jars', 'pyFiles', 'files', 'archives'] as const).flatMap(field => {
      const paths = request[field];
      return paths ? [[field, restoreList(paths, before?.[field], field)]] : [];
    }),
  );
  return {
    ...request,
    file: restore(request.file, before?.file, 'file'),
    ...(name !== undefined && { name: restore(name, before?.name, 'name') }),
    ...(args && { args: restoreList(args, before?.args, 'args') }),
    ...(conf && { conf: restoreValues(conf, before?.conf, 'conf') }),
    ...(environment && { environment: restoreValues(environment, before?.environment, 'environment') }),
    ...lists,
  };
}

function restoreValues(
  values: Readonly<Record<string, string>>,
  before: RedactedRequest['conf'] | undefined,
  field: string,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, text]) => {
      const known = before && Object.hasOwn(before, name) ? before[name] : undefined;
      return [name, restore(text, known, `${field} ${name}`)];
    }),
  );
}

/** An argument may have moved: it is known by its own text and by the option before it. */
function restoreList(
  values: readonly string[],
  before: readonly Redacted[] | undefined,
  field: string,
): string[] {
  const used = new Set<number>();
  const find = (index: number, text: string): Redacted | undefined => {
    const option = values[index - 1];
    const fits = [
      (at: number): boolean => before?.[at]?.text === text && before[at - 1]?.text === option,
      (at: number): boolean => text !== redactedMark && before?.[at]?.text === text,
      (at: number): boolean => at === index && marksIn(before?.[at]?.text ?? '') === marksIn(text),
    ];
    for (const isFit of fits) {
      const at = (before ?? []).findIndex((_, place) => !used.has(place) && isFit(place));
      if (at < 0) continue;
      used.add(at);
      return before?.[at];
    }
    return undefined;
  };
  return values.map((text, index) =>
    hasMark(text) ? restore(text, find(index, text), `${field} ${index + 1}`) : text,
  );
}

function restore(text: string, before: Redacted | undefined, place: string): string {
  const parts = text.split(redactedMark);
  if (parts.length === 1) return text;
  const hidden = before?.hidden ?? [];
  if (hidden.length === parts.length - 1) {
    return parts.map((part, index) => part + (hidden[index] ?? '')).join('');
  }
  throw new SparkdeckError(
    'request.invalid',
    `${place} holds "${redactedMark}", which stands for a secret that is not known here. Write the value itself in its place.`,
  );
}

const hasMark = (text: string): boolean => text.includes(redactedMark);

const marksIn = (text: string): number => text.split(redactedMark).length - 1;
