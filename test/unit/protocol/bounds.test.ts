import assert from 'node:assert/strict';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { record } from '../../../server/protocol/bounds.ts';
import { methods } from '../../../server/protocol/methods.ts';
import { TestServer } from '../api/http/support/testServer.ts';

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Where a schema lets in a text, a list or names without a bound. */
function unbounded(schema: unknown, resolve: (name: string) => unknown, place: string): string[] {
  if (!isObject(schema)) return [];
  const { $ref, type, properties, items, patternProperties, additionalProperties, anyOf, allOf } = schema;
  const inner = (each: unknown, more: string): string[] => unbounded(each, resolve, `${place}${more}`);
  if (typeof $ref === 'string') return unbounded(resolve($ref), resolve, place);
  const isText = type === 'string' && !('enum' in schema) && !('const' in schema);
  const isRecord = isObject(patternProperties) || isObject(additionalProperties);
  const names = isObject(schema['propertyNames']) ? schema['propertyNames'] : {};
  return [
    ...(isText && !('maxLength' in schema) && !isBounded(schema['pattern']) ? [place] : []),
    ...(type === 'array' && !('maxItems' in schema) ? [`${place}[]`] : []),
    ...(isRecord && !('maxProperties' in schema && 'maxLength' in names) ? [`${place}{}`] : []),
    ...(isObject(properties)
      ? Object.entries(properties).flatMap(([name, each]) => inner(each, `.${name}`))
      : []),
    ...(isObject(patternProperties)
      ? Object.values(patternProperties).flatMap(each => inner(each, '.*'))
      : []),
    ...inner(additionalProperties, '.*'),
    ...inner(items, '[]'),
    ...[anyOf, allOf].flatMap(list => (Array.isArray(list) ? list.flatMap(each => inner(each, '|')) : [])),
  ];
}

/** A pattern for the whole text in which nothing may come any number of times. */
function isBounded(pattern: unknown): boolean {
  if (typeof pattern !== 'string' || !/^\^.*\$$/s.test(pattern)) return false;
  return !/[*+]|\{\d+,\}/.test(pattern.replaceAll(/\\.|\[[^\]]*\]/g, 'x'));
}

describe('protocol/bounds', () => {
  it('every request of the editor and the command line is bounded in all its parts', () => {
    const found = Object.entries(methods).flatMap(([method, { params }]) =>
      unbounded(structuredClone(JSON.parse(JSON.stringify(params))), () => undefined, method),
    );
    assert.deepEqual(found, []);
  });

  it('every request over HTTP is too, in every dialect', async () => {
    const server = await TestServer.open();
    try {
      const { json } = await server.ask('GET', '/openapi.json');
      assert.ok(isObject(json) && isObject(json['paths']) && isObject(json['components']));
      const { schemas } = json['components'];
      const resolve = (ref: string): unknown =>
        isObject(schemas) ? schemas[ref.slice('#/components/schemas/'.length)] : undefined;
      let looked = 0;
      const found: string[] = [];
      for (const [path, operations] of Object.entries(json['paths'])) {
        for (const [method, operation] of Object.entries(isObject(operations) ? operations : {})) {
          if (!isObject(operation)) continue;
          const { parameters, requestBody } = operation;
          for (const parameter of Array.isArray(parameters) ? parameters : []) {
            looked++;
            const { name, schema } = isObject(parameter) ? parameter : {};
            found.push(...unbounded(schema, resolve, `${method} ${path}?${String(name)}`));
          }
          const content = isObject(requestBody) ? requestBody['content'] : undefined;
          for (const [kind, body] of Object.entries(isObject(content) ? content : {})) {
            looked++;
            if (kind !== 'application/json') continue;
            found.push(...unbounded(isObject(body) ? body['schema'] : {}, resolve, `${method} ${path}`));
          }
        }
      }
      assert.ok(looked > 50, `${looked} looked at`);
      assert.deepEqual(found, []);
    } finally {
      await server.close();
    }
  });

  it('finds what has no bound', () => {
    for (const schema of [
      Type.String(),
      Type.String({ pattern: '^a+$' }),
      Type.String({ pattern: 'a{2,}' }),
      Type.Object({ a: Type.Optional(Type.Array(Type.Integer())) }),
      Type.Union([Type.Null(), Type.String()]),
      Type.Record(Type.String(), Type.Integer()),
      Type.Array(Type.String(), { maxItems: 2 }),
    ]) {
      assert.equal(unbounded(JSON.parse(JSON.stringify(schema)), () => undefined, 'x').length, 1);
    }
    const good = Type.String({ pattern: '^[a-z*+]{1,4}\\+$' });
    assert.deepEqual(
      unbounded(good, () => undefined, 'x'),
      [],
    );
  });

  it('bounds the names of a record, and how many they are', () => {
    const schema = record(Type.String({ maxLength: 3 }), { maxProperties: 2 });
    assert.ok(Value.Check(schema, { a: 'abc', b: '' }));
    assert.ok(!Value.Check(schema, { a: 'abcd' }));
    assert.ok(!Value.Check(schema, { a: '', b: '', c: '' }));
    assert.ok(!Value.Check(schema, { ['x'.repeat(1001)]: '' }));
  });
});
