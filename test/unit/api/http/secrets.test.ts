import assert from 'node:assert/strict';
import { Value } from 'typebox/value';
import { Batch } from '../../../../server/protocol/batch.ts';
import { redactedMark } from '../../../../server/protocol/redactedMark.ts';
import { TestServer } from './support/testServer.ts';

const base = '/api/sparkdeck/v1';
const secrets = ['conf', 'env', 'arg', 'option', 'java', 'url', 'jdbc', 'jar', 'name', 'own'].map(
  place => `planted-${place}-0815`,
);
const [conf, env, arg, option, java, url, jdbc, jar, name, own] = secrets;

const body = (file: string): object => ({
  file,
  name: `load db://u:${name}@h`,
  args: ['--password', arg, `--token=${option}`, '--db', `postgres://u:${url}@h/db`],
  archives: [`https://u:${jar}@127.0.0.1/a.zip`],
  conf: {
    'spark.master': 'local[1]',
    'spark.redaction.regex': '(?i)mine',
    'spark.my.password': conf,
    'spark.is.mine': own,
    'spark.driver.extraJavaOptions': `-Ddb.password=${java}`,
    'spark.source': `jdbc:mysql://h/x?user=u&password=${jdbc}`,
  },
  environment: { DB_PASSWORD: env },
});

describe('api/http: the secrets of a request', () => {
  let server: TestServer;
  before(async () => {
    server = await TestServer.open({ auth: false });
  });
  after(async () => server.close());

  const batchIn = (answer: { json: unknown; text: string }): Batch => {
    assert.ok(Value.Check(Batch, answer.json), answer.text);
    return answer.json;
  };
  const noSecretIn = (where: string, text: string): void => {
    for (const secret of secrets) assert.ok(!text.includes(secret), `${where} has ${secret}: ${text}`);
  };

  it('reach the program, also when it is run again, and appear in no answer, event, record or log line', async () => {
    await server.listen();
    const over = new AbortController();
    const events = await fetch(`${server.address}${base}/events`, { signal: over.signal });
    let told = '';
    const listening = events.body
      ?.pipeTo(new WritableStream({ write: piece => void (told += Buffer.from(piece).toString()) }))
      .catch(() => undefined);
    // What fails tells them too, as programs do.
    const file = server.script('job.py', `echo "$2 $DB_PASSWORD"; echo "Error: login $2 failed" >&2; exit 3`);
    const first = batchIn(await server.ask('POST', `${base}/batches`, { body: body(file) }));
    const ended = await server.ended(first.id);
    assert.equal(ended.exitCode, 3, ended.reason);
    const { conf: shown = {}, args = [] } = first.request;
    assert.equal(shown['spark.my.password'], redactedMark);

    const changes = { args: [...args, 'more'], conf: { ...shown, 'spark.new': '1' } };
    const rerun = await server.ask('POST', `${base}/batches/${first.id}/rerun`, { body: { changes } });
    const second = batchIn(rerun);
    await server.ended(second.id);
    const outputs = [first, second].map(({ id }) =>
      server.ask('GET', `${base}/batches/${id}/log?streams=stdout`),
    );
    for (const output of await Promise.all(outputs))
      assert.ok(output.text.includes(`${arg} ${env}`), output.text);
    assert.equal(server.rooms.batches.requestOf(second.id).conf?.['spark.my.password'], conf);

    const { json } = await server.ask('GET', '/openapi.json');
    const { paths }: { paths: Record<string, Record<string, unknown>> } = JSON.parse(JSON.stringify(json));
    // Output is the program's own: it may say what it likes.
    const asked = Object.keys(paths).filter(path => paths[path]?.['get'] && !/\/(logs?|events)\b/.test(path));
    assert.ok(asked.length > 15);
    for (const path of [...asked, '/openapi.json', '/metrics']) {
      for (const id of [first.id, second.id]) {
        const answer = await server.ask('GET', path.replaceAll(/\{\w+\}/g, String(id)));
        noSecretIn(`GET ${path}`, answer.text.replaceAll(/"log":\[.*?\]/g, ''));
      }
    }
    const again = { file, conf: { 'spark.master': 'local[1]', 'spark.my.password': redactedMark } };
    const refused = await server.ask('POST', `${base}/batches`, { body: again });
    assert.deepEqual([refused.status, /stands for a secret/.test(refused.text)], [400, true], refused.text);
    noSecretIn('a submit', JSON.stringify([first, second, ended]));
    noSecretIn('the log', server.log.join('\n'));
    over.abort();
    await listening;
    assert.match(told, /"batch"/);
    noSecretIn('an event', told);
  });
});
