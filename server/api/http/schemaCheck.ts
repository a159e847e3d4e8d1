import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { SparkdeckError } from '../../protocol/errors.ts';

const places: Readonly<Record<string, string>> = {
  body: 'the body',
  querystring: 'the query',
  params: 'the path',
  headers: 'the headers',
};

/**
 * Checks what comes in by its schema, and never changes a body: a number in quotes is no number. In a path or a query all
 * is text, so there what reads as the wanted number or yes-or-no is taken as one.
 */
export const schemaCheck: FastifySchemaCompiler<TSchema> = ({ schema, httpPart = 'body' }) => {
  const check = Compile(schema);
  const isText = httpPart === 'params' || httpPart === 'querystring';
  return (data: unknown) => {
    const value = isText ? readTexts(schema, data) : data;
    if (check.Check(value)) return { value };
    // "must not have additional properties" is followed by one "schema is false" for each of them.
    const problems = check.Errors(value).filter(({ keyword }) => keyword !== 'boolean');
    const words = problems.slice(0, 3).map(({ instancePath, message, params }) => {
      const where = instancePath.slice(1).replaceAll('/', '.') || places[httpPart];
      const extra = 'additionalProperties' in params ? `: ${String(params['additionalProperties'])}` : '';
      return `${where} ${message}${extra}`;
    });
    return { error: new SparkdeckError('request.invalid', `The request isn't right: ${words.join('; ')}.`) };
  };
};

function readTexts(schema: TSchema, data: unknown): unknown {
  if (typeof data !== 'object' || data === null || !('properties' in schema)) return data;
  const properties: unknown = schema.properties;
  if (typeof properties !== 'object' || properties === null) return data;
  const types = new Map<string, unknown>(Object.entries(properties));
  return Object.fromEntries(Object.entries(data).map(([name, text]) => [name, read(types.get(name), text)]));
}

function read(schema: unknown, text: unknown): unknown {
  const type = typeOf(schema);
  if (type === 'array') {
    const items =
      typeof schema === 'object' && schema !== null && 'items' in schema ? schema.items : undefined;
    return (Array.isArray(text) ? text : [text]).map(each => read(items, each));
  }
  if (typeof text !== 'string') return text;
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  const isNumber =
    (type === 'integer' && /^-?\d+$/.test(text)) || (type === 'number' && /^-?\d+(\.\d+)?$/.test(text));
  return isNumber && Math.abs(Number(text)) <= Number.MAX_SAFE_INTEGER ? Number(text) : text;
}

function typeOf(schema: unknown): unknown {
  return typeof schema === 'object' && schema !== null && 'type' in schema ? schema.type : undefined;
}
