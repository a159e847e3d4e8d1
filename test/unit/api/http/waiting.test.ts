import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { owner } from '../../../../server/teams/identity.ts';
import { TeamRooms } from '../../../../server/teams/teamRooms.ts';
import { TestServer, type Answer } from './support/testServer.ts';

const base = '/api/sparkdeck/v1';
const conf = { 'spark.master': 'local[1]' };
const spec = { provider: 'local', workers: 1, workerCores: 1, workerMemory: '1g' } as const;

describe('api/http: who waits for an answer', () => {
  let server: TestServer;
  let rooms: TeamRooms;
  let token: string;
  /** A batch that runs on, and a cluster that starts on. */
  let id: number;
  const never = new Promise<never>(() => undefined);
  beforeEach(async () => {
    server = await TestServer.open({
      start: async ({ name }) => (name === 'slow' ? never : { masterUrl: `spark://${name}:1`, uiUrl: '' }),
    });
    rooms = new TeamRooms(owner, server.rooms);
    token = server.token({ role: 'admin' });
  });
  afterEach(async () => server.close());

  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await new Promise(resolve => setImmediate(resolve));
  };
  /** @returns how many have begun to wait for a change since */
  const countWaits = (): (() => number) => {
    let count = 0;
    const { changes } = server;
    const waits = changes.until.bind(changes);
    changes.until = (...args) => {
      count++;
      return waits(...args);
    };
    return () => count;
  };
  const begin = async (): Promise<void> => {
    writeFileSync(join(server.folder, '.env'), 'SPARK_SUBMIT_MASTER=local[1]\n');
    await rooms.uploads.save('slow.py', Readable.from([Buffer.from('sleep 600')]));
    ({ id } = await rooms.batches.submit({ request: { file: server.script('slow.py', 'sleep 600'), conf } }));
    await rooms.clusters.start({ ...spec, name: 'slow' });
  };
  const ask = (): Promise<Answer>[] => [
    server.ask('GET', `${base}/batches/${id}?wait=true`, { token }),
    server.ask('GET', `${base}/clusters/slow?wait=true`, { token }),
    server.ask('GET', `${base}/batches/${id}/log?streams=stdout&wait=true`, { token }),
    server.ask('POST', '/api/v1/jobs/submit', { token, body: { script_path: 'slow.py' } }),
  ];
  const isLogged = (): boolean => server.log.some(line => line.includes('    at '));

  it('hears 503 in the shape of the dialect when the backend leaves', async () => {
    await begin();
    const waits = countWaits();
    const answers = ask();
    await until(() => waits() >= answers.length);
    server.leaving.abort();
    for (const [index, { status, json }] of (await Promise.all(answers)).entries()) {
      assert.equal(status, 503, `${index}`);
      const message = 'The backend is about to leave. Ask again in a moment.';
      assert.deepEqual(json, index < 3 ? { code: 'backend.leaving', message } : { detail: message });
    }
    assert.ok(!isLogged(), server.log.join('\n'));
  });

  it('is no failure when it goes', async () => {
    await begin();
    await server.listen();
    const waits = countWaits();
    const headers = { authorization: `Bearer ${token}` };
    for (const path of [`batches/${id}`, 'clusters/slow']) {
      const asked = request(`${server.address}${base}/${path}?wait=true`, { headers });
      asked.on('error', () => undefined).end();
      const before = waits();
      await until(() => waits() > before);
      asked.destroy();
      await until(() => server.log.some(line => line.includes(`${path} broken off`)));
      assert.ok(!server.log.some(line => line.endsWith('from undefined')));
    }
    assert.ok(!isLogged(), server.log.join('\n'));
  });

  it('hears 401 when its token is revoked, and others wait on', async () => {
    await begin();
    const other = server.token({ role: 'viewer' });
    const waits = countWaits();
    const answers = ask();
    const patient = server.ask('GET', `${base}/batches/${id}?wait=true`, { token: other });
    await until(() => waits() > answers.length);
    const [first] = server.rooms.teams.tokens.list();
    server.rooms.teams.tokens.revoke(first?.id ?? 0);
    for (const { status, text, headers } of await Promise.all(answers)) {
      assert.equal(status, 401, text);
      assert.match(text, /This token was revoked/);
      assert.match(String(headers['www-authenticate']), /^Bearer /);
    }
    await rooms.batches.kill(id);
    assert.equal((await patient).status, 200);
  });

  it('has its streams ended when its token is revoked', async () => {
    await begin();
    await server.listen();
    const headers = { authorization: `Bearer ${token}` };
    const closed: Promise<unknown>[] = [];
    for (const path of ['events', `batches/${id}/log/events`]) {
      const asked = request(`${server.address}${base}/${path}`, { headers });
      asked.end();
      const [answer] = await once(asked, 'response');
      assert.equal(answer.statusCode, 200);
      closed.push(once(answer.resume(), 'close'));
    }
    server.rooms.teams.tokens.revoke(1);
    await Promise.all(closed);
    assert.equal((await server.ask('GET', `${base}/status`, { token })).status, 401);
  });

  it('keeps no part of what is being uploaded when its token is revoked', async () => {
    await server.listen();
    const asked = request(`${server.address}${base}/uploads/half`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}`, 'content-length': 1000 },
    });
    asked.write('half of it');
    const folder = server.rooms.uploads.folder(undefined);
    const parts = (): number => readdirSync(folder).length;
    while (parts() === 0) await new Promise(resolve => setTimeout(resolve, 5));
    server.rooms.teams.tokens.revoke(1);
    const [answer] = await once(asked, 'response');
    assert.equal(answer.statusCode, 401);
    asked.on('error', () => undefined).destroy();
    assert.equal(parts(), 0);
  });
});
