import assert from 'node:assert/strict';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Batch } from '../../../../server/protocol/batch.ts';
import { owner } from '../../../../server/teams/identity.ts';
import { TeamRooms } from '../../../../server/teams/teamRooms.ts';
import { TestServer } from './support/testServer.ts';

const local = { 'spark.master': 'local[1]' };

describe('api/http: teams', () => {
  let server: TestServer;
  let a: string;
  let b: string;
  beforeEach(async () => {
    server = await TestServer.open();
    a = server.token({ team: 'a', role: 'submitter' });
    b = server.token({ team: 'b', role: 'submitter' });
  });
  afterEach(async () => server.close());
  const submit = async (token: string, text: string, more: object = {}): Promise<number> => {
    const file = server.script(`job ${Math.random()}.py`, text);
    const answer = await server.ask('POST', '/batches', { token, body: { file, conf: local, ...more } });
    assert.equal(answer.status, 201, answer.text);
    return Value.Parse(Type.Object({ id: Type.Integer() }), answer.json).id;
  };
  const totalOf = async (token: string): Promise<number> =>
    Value.Parse(Type.Object({ total: Type.Integer() }), (await server.ask('GET', '/batches', { token })).json)
      .total;
  const begun = async (id: number): Promise<Batch> =>
    server.changes.until('batch', id, () => {
      const batch = server.rooms.batches.get(id);
      return batch.state === 'not_started' ? undefined : batch;
    });

  it('see and touch their own alone; others are 404', async () => {
    const id = await submit(a, 'sleep 600', { name: 'hidden' });
    for (const path of [`/batches/${id}`, `/batches/${id}/state`, `/batches/${id}/log`, '/batches/hidden']) {
      assert.equal((await server.ask('GET', path, { token: a })).status, 200, path);
      assert.equal((await server.ask('GET', path, { token: b })).status, 404, path);
    }
    assert.equal((await server.ask('DELETE', `/batches/${id}`, { token: b })).status, 404);
    assert.deepEqual([await totalOf(a), await totalOf(b)], [1, 0]);
    assert.equal(await totalOf(server.token({ role: 'viewer' })), 1);
    assert.equal(
      (await server.ask('DELETE', `/batches/${id}`, { token: server.token({ role: 'admin' }) })).status,
      200,
    );
  });

  it("don't learn where the time of others' batches went", async () => {
    const id = await submit(a, 'true');
    await server.ended(id);
    const path = `/api/sparkdeck/v1/batches/${id}/timing`;
    assert.equal((await server.ask('GET', path, { token: a })).status, 200);
    assert.equal((await server.ask('GET', path, { token: b })).status, 404);
  });

  it('submit with the role of a submitter', async () => {
    const token = server.token({ team: 'a', role: 'viewer' });
    const { status, json } = await server.ask('POST', '/batches', { token, body: { file: '/x.py' } });
    assert.equal(status, 403);
    assert.match(JSON.stringify(json), /role submitter is needed/);
  });

  it("don't come by another team's cluster, by name or by address", async () => {
    const spec = {
      name: 'theirs',
      provider: 'local',
      workers: 1,
      workerCores: 1,
      workerMemory: '1g',
    } as const;
    const rooms = new TeamRooms(owner, server.rooms);
    const { spec: started } = await rooms.clusters.start(spec, { team: 'b' });
    const { masterUrl } = await rooms.clusters.await(started.name, AbortSignal.timeout(10_000));
    const file = server.script('job.py', 'true');
    const byAddress = await server.ask('POST', '/batches', {
      token: a,
      body: { file, conf: { 'spark.master': masterUrl } },
    });
    assert.equal(byAddress.status, 404, byAddress.text);
    const byDefault = await server.ask('POST', '/batches', { token: a, body: { file } });
    assert.match(byDefault.text, /No cluster runs/);
    assert.equal((await server.ask('POST', '/batches', { token: b, body: { file } })).status, 201);
    const other = new TeamRooms({ who: 'x', team: 'a', role: 'admin' }, server.rooms);
    await assert.rejects(other.clusters.start(spec), { code: 'cluster.exists' });
    assert.throws(() => other.clusters.get('theirs'), { code: 'cluster.missing' });
    await assert.rejects(other.clusters.stop('theirs', { force: true }), { code: 'cluster.missing' });
    assert.deepEqual(other.clusters.list(), []);
  });

  it('use idempotency keys of their own', async () => {
    const file = server.script('job.py', 'true');
    const of = (team: string): TeamRooms =>
      new TeamRooms({ who: team, team, role: 'submitter' }, server.rooms);
    const params = { request: { file, conf: local }, idempotencyKey: 'key' };
    const [first, again, other] = [
      await of('a').batches.submit(params),
      await of('a').batches.submit(params),
      await of('b').batches.submit(params),
    ];
    assert.equal(again.id, first.id);
    assert.deepEqual([other.id === first.id, other.team], [false, 'b']);
  });

  it('wait for their own quota, in their own order, while others go on', async () => {
    server.rooms.settings.set({ maxRunning: 100 });
    server.rooms.teams.quotas.set('a', { batches: 1 });
    server.rooms.teams.quotas.set('b', { cores: 3 });
    const first = await submit(a, 'sleep 600');
    await begun(first);
    const waiting = await submit(a, 'sleep 600');
    const two = { conf: { 'spark.master': 'local[2]' } };
    const other = await submit(b, 'sleep 600', two);
    await begun(other);
    const large = await submit(b, 'sleep 600', two);
    const small = await submit(b, 'sleep 600');
    const free = new TeamRooms(owner, server.rooms);
    const owned = await free.batches.submit({
      request: { file: server.script('o.py', 'true'), conf: local },
    });
    await server.ended(owned.id);
    const states = (): string[] => [waiting, large, small].map(id => server.rooms.batches.get(id).state);
    assert.deepEqual(
      states(),
      ['not_started', 'not_started', 'not_started'],
      'the small one lets the large one go first',
    );
    await server.rooms.batches.kill(first);
    await begun(waiting);
    assert.deepEqual(states().slice(1), ['not_started', 'not_started']);
    await server.rooms.batches.kill(other);
    await begun(large);
    await begun(small);
    assert.deepEqual(server.rooms.batches.usage('b'), { batches: 2, cores: 3, memory: 2 * 2 ** 30 });
  });

  it('are refused what their quota could never let run', async () => {
    server.rooms.teams.quotas.set('a', { cores: 2, memory: '2g' });
    const file = server.script('job.py', 'true');
    for (const more of [{ conf: { 'spark.master': 'local[4]' } }, { conf: local, driverMemory: '3g' }]) {
      const { status, text } = await server.ask('POST', '/batches', { token: a, body: { file, ...more } });
      assert.equal(status, 400, text);
      assert.match(text, /team \\"a\\" may use 2 cores and 2g/);
    }
  });

  it('have what they did written down, refused or not', async () => {
    const id = await submit(a, 'true');
    await server.ended(id);
    await server.ask('DELETE', `/batches/${id}`, { token: a });
    await server.ask('POST', '/batches', {
      token: server.token({ team: 'b', role: 'viewer' }),
      body: { file: '/x.py' },
    });
    const entries = server.rooms.teams.audit.list({});
    assert.deepEqual(
      entries.map(({ who, team, action, subject, outcome }) => [who, team, action, subject, outcome]),
      [
        ['token 3', 'b', 'batch/submit', undefined, 'token.forbidden'],
        ['token 1', 'a', 'batch/remove', `batch ${id}`, 'done'],
        ['token 1', 'a', 'batch/submit', `batch ${id}`, 'done'],
      ],
    );
    assert.equal(server.rooms.teams.audit.list({ team: 'b' }).length, 1);
    assert.equal(server.rooms.teams.audit.list({ limit: 1, before: entries[0]?.id }).length, 1);
    const teamAdmin = new TeamRooms({ who: 'x', team: 'a', role: 'admin' }, server.rooms);
    assert.equal(
      teamAdmin.audit({ team: 'b' }).every(({ team }) => team === 'a'),
      true,
    );
    await assert.rejects(teamAdmin.setSettings({}), { code: 'token.forbidden' });
    await assert.rejects(teamAdmin.createToken({ role: 'admin' }), { code: 'token.forbidden' });
    assert.throws(() => teamAdmin.tokens(), { code: 'token.forbidden' });
    assert.deepEqual(
      teamAdmin.teams().map(({ name }) => name),
      ['a'],
    );
  });

  it("keep a token's hash alone", () => {
    const rows = JSON.stringify(server.rooms.teams.tokens.list());
    assert.ok(!rows.includes(a));
    assert.throws(() => server.rooms.teams.tokens.revoke(99), { code: 'token.missing' });
  });
});
