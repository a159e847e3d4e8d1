import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { owner } from '../../../../server/teams/identity.ts';
import { TeamRooms } from '../../../../server/teams/teamRooms.ts';
import { TestServer } from './support/testServer.ts';

const base = '/api/sparkdeck/v1';
const conf = { 'spark.master': 'local[1]' };
const spec = { provider: 'local', workers: 1, workerCores: 1, workerMemory: '1g' } as const;

describe('api/http: a kill that takes long', () => {
  let server: TestServer;
  let rooms: TeamRooms;
  let token: string;
  beforeEach(async () => {
    server = await TestServer.open({ killLimit: 50 });
    rooms = new TeamRooms(owner, server.rooms);
    token = server.token({ role: 'admin' });
  });
  afterEach(async () => server.close());

  const Told = Type.Record(Type.String(), Type.String());
  /** Ends when it is let, whatever it is told; politely, that is. */
  const stubborn = async (more: object = {}): Promise<number> => {
    const file = server.script(
      'stubborn.py',
      `trap : TERM; echo begun; while [ ! -e "${server.folder}/go" ]; do sleep 0.05; done; exit 143`,
    );
    const batch = await rooms.batches.submit({ request: { file, conf, ...more } });
    const params = { id: batch.id, wait: true, streams: ['stdout' as const] };
    await rooms.batches.readLog(params, AbortSignal.timeout(30_000));
    return batch.id;
  };

  it('is answered with 503 in every dialect, and goes on', async () => {
    const id = await stubborn();
    const paths = [
      ['POST', `${base}/batches/${id}/kill`],
      ['DELETE', `/api/v1/jobs/${id}`],
      ['DELETE', `/batches/${id}`],
    ] as const;
    const keys = [];
    for (const [method, path] of paths) {
      const { status, json, text } = await server.ask(method, path, { token });
      assert.equal(status, 503, text);
      assert.match(text, new RegExp(`Batch ${id} is still being ended`));
      keys.push(Object.keys(Value.Parse(Told, json)));
    }
    assert.deepEqual(keys, [['code', 'message'], ['error', 'message'], ['msg']]);
    writeFileSync(join(server.folder, 'go'), '');
    assert.equal((await server.ended(id)).state, 'killed');
    assert.equal((await server.ask('DELETE', `/batches/${id}`, { token })).status, 200);
    assert.ok(!server.log.some(line => line.includes('    at ')), server.log.join('\n'));
  });

  it('does not keep a cluster from being stopped', async () => {
    await rooms.clusters.start({ ...spec, name: 'quick' });
    await rooms.clusters.await('quick', AbortSignal.timeout(10_000));
    const id = await stubborn({ conf: {}, cluster: 'quick' });
    const { status, json } = await server.ask('POST', `${base}/clusters/quick/stop?force=true`, { token });
    assert.deepEqual(
      [status, Value.Parse(Type.Object({ state: Type.String() }), json).state],
      [200, 'stopped'],
    );
    assert.ok(server.log.some(line => line.includes(`Batch ${id} is still being ended`)));
    writeFileSync(join(server.folder, 'go'), '');
    assert.equal((await server.ended(id)).state, 'killed');
  });
});
