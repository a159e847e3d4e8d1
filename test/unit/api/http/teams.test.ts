import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Readable } from 'node:stream';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Batch } from '../../../../server/protocol/batch.ts';
import { owner } from '../../../../server/teams/identity.ts';
import { TeamRooms } from '../../../../server/teams/teamRooms.ts';
import { TestServer, type Answer } from './support/testServer.ts';

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

  it("don't come by it by another word for its address, nor by running a batch again", async () => {
    const spec = {
      name: 'theirs',
      provider: 'local',
      workers: 1,
      workerCores: 1,
      workerMemory: '1g',
    } as const;
    const file = server.script('job.py', 'true');
    const masters = [
      'spark://127.1:1',
      'spark://0:1',
      'spark://127.0.0.1:1,127.0.0.1:9',
      'spark://127.0.0.1:9,[::1]:1',
    ];
    const ids: number[] = [];
    for (const master of masters) ids.push(await submit(a, 'true', { conf: { 'spark.master': master } }));
    await server.rooms.clusters.start(spec, 'b');
    await server.rooms.clusters.await('theirs', AbortSignal.timeout(10_000));
    for (const master of masters) {
      const body = { file, conf: { 'spark.master': master } };
      assert.equal((await server.ask('POST', '/batches', { token: a, body })).status, 404, master);
    }
    for (const id of ids) {
      const again = await server.ask('POST', `/api/sparkdeck/v1/batches/${id}/rerun`, { token: a, body: {} });
      assert.equal(again.status, 404, again.text);
    }
  });

  it('are told of a batch by its key, and that another request has it', async () => {
    const rooms = new TeamRooms({ who: 'x', team: 'a', role: 'submitter' }, server.rooms);
    await rooms.uploads.save('job.py', Readable.from([Buffer.from('true')]));
    const request = { file: 'upload:job.py', conf: { ...local, 'spark.a': '1' } };
    const first = await rooms.batches.submit({ request, idempotencyKey: 'key' });
    await rooms.uploads.remove('job.py');
    const conf = { 'spark.a': '1', ...local };
    const again = await rooms.batches.submit({
      request: { conf, file: request.file },
      idempotencyKey: 'key',
    });
    assert.equal(again.id, first.id, 'also when its file is gone by now');
    const taken = { code: 'key.taken' };
    for (const other of [
      { ...request, args: ['x'] },
      { ...request, file: 'upload:other.py' },
    ]) {
      await assert.rejects(rooms.batches.submit({ request: other, idempotencyKey: 'key' }), taken);
    }
    await assert.rejects(rooms.batches.rerun({ id: first.id, idempotencyKey: 'key' }), taken);
    const { status, text } = await server.ask('POST', '/api/sparkdeck/v1/batches', {
      token: a,
      body: { ...request, name: 'other' },
      headers: { 'idempotency-key': 'key' },
    });
    assert.deepEqual([status, text.includes('"code":"key.taken"')], [409, true], text);
  });

  it('run again under a key once, and say when the changes are others', async () => {
    const id = await submit(a, 'true');
    const again = async (changes: object): Promise<Answer> =>
      server.ask('POST', `/api/sparkdeck/v1/batches/${id}/rerun`, {
        token: a,
        body: { changes },
        headers: { 'idempotency-key': 'again' },
      });
    const [first, second] = [await again({ args: ['x'] }), await again({ args: ['x'] })];
    const idOf = ({ json }: Answer): number => Value.Parse(Type.Object({ id: Type.Integer() }), json).id;
    assert.deepEqual([first.status, second.status, idOf(first)], [201, 201, idOf(second)]);
    assert.equal((await again({ args: ['y'] })).status, 409);
  });

  it('are refused control characters, which no program could be given', async () => {
    const file = server.script('job.py', 'true');
    for (const more of [
      { name: 'a\0b' },
      { name: 'a\nb' },
      { className: 'a.B\0' },
      { file: 's3a://bucket/a\0.py' },
      { jars: ['s3a://bucket/a\0.jar'] },
      { conf: { ...local, 'spark.\0': 'x' } },
    ]) {
      const body = { file, conf: local, ...more };
      const { status, text } = await server.ask('POST', '/api/sparkdeck/v1/batches', { token: a, body });
      assert.equal(status, 400, `${JSON.stringify(more)} ${text}`);
    }
    assert.equal(await totalOf(a), 0);
  });

  it('are refused changes that are no request, however deep', async () => {
    const id = await submit(a, 'true');
    // A body that is deeper is refused before it is parsed.
    const deep = `${'['.repeat(9000)}${']'.repeat(9000)}`;
    for (const changes of [
      `{"jars":${deep}}`,
      `{"conf":{"spark.master":${deep}}}`,
      '{"files":[["upload:x"]]}',
    ]) {
      const { status, text } = await server.ask('POST', `/api/sparkdeck/v1/batches/${id}/rerun`, {
        token: a,
        body: `{"changes":${changes}}`,
        headers: { 'content-type': 'application/json' },
      });
      assert.equal(status, 400, text.slice(0, 200));
      assert.match(text, /The changes don't fit/);
    }
  });

  it('run what they uploaded, also when it is replaced or removed while it waits', async () => {
    server.rooms.settings.set({ maxRunning: 1 });
    const rooms = new TeamRooms({ who: 'x', team: 'a', role: 'submitter' }, server.rooms);
    const save = async (name: string, text: string): Promise<unknown> =>
      rooms.uploads.save(name, Readable.from([Buffer.from(text)]));
    await save('job.py', 'echo "old $0"');
    const first = await submit(a, 'sleep 600');
    await begun(first);
    const request = { file: 'upload:job.py', conf: local };
    const { id } = await rooms.batches.submit({ request });
    const { id: second } = await rooms.batches.submit({ request });
    await save('job.py', 'echo new');
    await server.rooms.batches.kill(first);
    assert.equal((await server.ended(id)).state, 'success');
    const output = async (batch: number): Promise<string> => {
      const { chunks } = await rooms.batches.readLog(
        { id: batch, streams: ['stdout'] },
        AbortSignal.timeout(5000),
      );
      return chunks.map(({ text }) => text).join('');
    };
    assert.match(await output(id), /^old .*\/job\.py\n$/, 'by the name that it was uploaded with');
    await server.ended(second);
    assert.match(await output(second), /^old /);
    const { id: third } = await rooms.batches.rerun({ id });
    await server.ended(third);
    assert.equal(await output(third), 'new\n');
    await server.rooms.batches.remove(third);
    await rooms.uploads.remove('job.py');
    await assert.rejects(rooms.batches.rerun({ id }), { code: 'file.missing' });
  });

  it("don't come by others' uploads and batches by their paths", async () => {
    const rooms = new TeamRooms({ who: 'x', team: 'b', role: 'submitter' }, server.rooms);
    const theirs = new TeamRooms({ who: 'y', team: 'a', role: 'submitter' }, server.rooms);
    const save = async (to: TeamRooms): Promise<unknown> =>
      to.uploads.save('x.py', Readable.from([Buffer.from('true')]));
    await save(rooms);
    await save(theirs);
    const own = await submit(b, 'true');
    const other = await submit(a, 'true');
    const mine = server.script('mine.py', 'true');
    for (const id of [own, other]) {
      await server.ended(id);
      writeFileSync(join(server.folder, 'batches', String(id), 'x.py'), 'true');
    }
    const uploads = join(server.folder, 'uploads');
    const link = join(server.work, 'link.py');
    symlinkSync(join(uploads, 'a', 'x.py'), link);
    const foreign = join(uploads, 'a', 'x.py');
    for (const request of [
      { file: foreign },
      { file: `file://${foreign}` },
      { file: join(uploads, 'b', '..', 'a', 'x.py') },
      { file: link },
      { file: join(server.folder, 'batches', String(other), 'x.py') },
      { file: mine, archives: [`${foreign}#alias`] },
      { file: mine, workingFolder: join(uploads, 'a') },
      { file: mine, conf: { ...local, 'spark.submit.pyFiles': `${mine},${foreign}` } },
      { file: join(uploads, 'nobody', 'x.py') },
      ...[
        `local:${foreign}`,
        `local://${foreign}`,
        `LOCAL:${foreign}`,
        `FILE:${foreign}`,
        `file:${foreign}`,
        `file://localhost${foreign}`,
        `file:/${foreign}`,
        foreign.replace('/uploads/a/', '//uploads///a/./'),
        `file:${foreign.replace('uploads', '%75ploads')}`,
        `local:${foreign.replace('/a/', '/b/../a/')}`,
        `local:${link}`,
        `local:${foreign}#x.py`,
        foreign.replace('/missing', '').replace('/uploads', '/absent/../uploads'),
      ].flatMap(spelled => [
        { file: mine, jars: [spelled] },
        ...[
          'spark.jars',
          'spark.files',
          'spark.archives',
          'spark.submit.pyFiles',
          'spark.yarn.dist.jars',
          'spark.driver.extraClassPath',
          'spark.jars.ivySettings',
        ].map(name => ({ file: mine, conf: { ...local, [name]: `${mine}, ${spelled}` } })),
      ]),
      { file: mine, conf: { ...local, 'spark.executor.extraClassPath': `/x:${foreign}:/y` } },
      {
        file: mine,
        conf: { ...local, 'spark.driver.extraJavaOptions': `-Dlog4j2.configurationFile=${foreign}` },
      },
      { file: mine, conf: { ...local, 'spark.driver.extraJavaOptions': `-javaagent:${foreign}=x` } },
      { file: mine, conf: { ...local, 'spark.jars': join(uploads, '*', 'x.py') } },
      { file: mine, conf: { ...local, 'spark.jars': join(server.folder, '{uploads/a,x}', 'x.py') } },
      { file: mine, environment: { PYTHONPATH: `/x:${join(uploads, 'a')}` } },
      { file: mine, workingFolder: join(uploads, 'b'), conf: { ...local, 'spark.jars': '../a/x.py' } },
      { file: mine, workingFolder: join(uploads, 'b'), conf: { ...local, 'spark.jars': '../{a}/x.py' } },
      ...[
        ['clusters', '1', 'secret'],
        ['clusters', '*', 'secret'],
        ['cl?sters', '1', 'secret'],
        ['warm', '1', 'stderr.log'],
        ['warm', 'socket'],
        ['backend.sock'],
        ['sparkdeck.sqlite'],
        ['sparkdeck.sqlite-wal'],
        ['sparkdeck.sqlite.schema-5'],
        ['what comes later', 'x'],
        ['batches'],
        ['uploads'],
        [],
      ].flatMap(names => [
        { file: mine, conf: { ...local, 'spark.files': join(server.folder, ...names) } },
        { file: mine, environment: { X: join(server.folder, ...names) } },
        { file: 'upload:x.py', conf: { ...local, 'spark.files': join('..', '..', ...names) } },
        { file: 'hdfs://h/x.py', conf: { ...local, 'spark.files': join('..', '..', ...names) } },
        { file: mine, files: [join(server.folder, ...names)] },
      ]),
      { file: join(server.folder, 'x.py') },
      { file: mine, workingFolder: server.folder },
      { file: mine, conf: { ...local, 'spark.jars': join(server.folder, '*', 'b', 'x.jar') } },
      { file: mine, runtime: { python: join(server.folder, 'clusters', '1', 'secret') } },
    ]) {
      const submitted = rooms.batches.submit({ request: { conf: local, ...request } });
      await assert.rejects(submitted, { code: 'file.missing' }, JSON.stringify(request));
    }
    await assert.rejects(rooms.mainClasses(join(uploads, 'a', 'x.jar')), { code: 'file.missing' });
    const harmless = {
      'spark.a': '{"a/b": 1, "c": ["/d/*"]}',
      'spark.b': 'hdfs://h/x/*.jar,s3a://b/{x,y}/z',
      'spark.c': '-Dx=%d{yyyy/MM/dd} -Xmx1g',
    };
    for (const file of [mine, 'upload:x.py', 'hdfs://h/x.py']) {
      await rooms.batches.submit({ request: { file, conf: { ...local, ...harmless, 'spark.d': 'true' } } });
    }
    for (const file of [
      join(uploads, 'b', 'x.py'),
      'upload:x.py',
      join(server.folder, 'batches', String(own), 'x.py'),
      mine,
    ]) {
      await rooms.batches.submit({ request: { file, conf: local } });
    }
    const given = await new TeamRooms(owner, server.rooms).batches.submit(
      { request: { file: foreign, conf: local } },
      { team: 'b' },
    );
    await rooms.batches.rerun({ id: given.id, changes: { args: ['x'] } });
    const changes = {
      pyFiles: [join(uploads, 'a', 'x.py'), join(server.folder, 'batches', String(other), 'x.py')],
    };
    await assert.rejects(rooms.batches.rerun({ id: given.id, changes }), { code: 'file.missing' });
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

  it("can't step around a quota by naming their cluster by its address", async () => {
    const rooms = new TeamRooms({ who: 'x', team: 'a', role: 'admin' }, server.rooms);
    const sizes = { workers: 4, workerCores: 8, workerMemory: '1g' };
    await rooms.clusters.start({ name: 'ours', provider: 'local', ...sizes });
    const { masterUrl = '' } = await rooms.clusters.await('ours', AbortSignal.timeout(10_000));
    server.rooms.teams.quotas.set('a', { cores: 8 });
    const file = server.script('job.py', 'true');
    for (const master of [masterUrl, masterUrl.replace('127.0.0.1', 'localhost')]) {
      const body = { file, conf: { 'spark.master': master } };
      const { status, text } = await server.ask('POST', '/batches', { token: a, body });
      assert.equal(status, 400, text);
      assert.match(text, /asks for 33 cores/);
    }
  });

  it('have what waits ended when a quota that became smaller never lets it run', async () => {
    server.rooms.settings.set({ maxRunning: 100 });
    server.rooms.teams.quotas.set('a', { batches: 1 });
    const first = await submit(a, 'sleep 600');
    await begun(first);
    const large = await submit(a, 'true', { conf: { 'spark.master': 'local[4]' } });
    const small = await submit(a, 'true');
    await new TeamRooms(owner, server.rooms).setQuota('a', { batches: 1, cores: 2 });
    const ended = await server.ended(large);
    assert.equal(ended.state, 'dead');
    assert.match(ended.reason ?? '', /^It couldn't be started: The batch asks for 4 cores.*quota.*2 cores/);
    assert.equal(server.rooms.batches.get(small).state, 'not_started');
    await server.rooms.batches.kill(first);
    assert.equal((await server.ended(small)).state, 'success');
  });

  it('learn how to connect to a cluster of their own as an admin, which is written down', async () => {
    const rooms = new TeamRooms({ who: 'x', team: 'a', role: 'admin' }, server.rooms);
    await rooms.clusters.start({
      name: 'ours',
      provider: 'local',
      workers: 1,
      workerCores: 1,
      workerMemory: '1g',
    });
    await rooms.clusters.await('ours', AbortSignal.timeout(10_000));
    const connect = async (token: string): Promise<Answer> =>
      server.ask('GET', '/api/sparkdeck/v1/clusters/ours/connection', { token });
    assert.equal((await connect(a)).status, 403);
    assert.equal((await connect(server.token({ team: 'b', role: 'admin' }))).status, 404);
    const { status, text, headers } = await connect(server.token({ team: 'a', role: 'admin' }));
    assert.equal(status, 200, text);
    assert.match(text, /"spark\.authenticate\.secret":"a secret"/);
    assert.equal(headers['cache-control'], 'no-store');
    assert.deepEqual(
      server.rooms.teams.audit.list({ limit: 3 }).map(({ action, outcome }) => [action, outcome]),
      [
        ['cluster/connection', 'done'],
        ['cluster/connection', 'cluster.missing'],
        ['cluster/connection', 'token.forbidden'],
      ],
    );
    const list = await server.ask('GET', '/api/sparkdeck/v1/clusters', { token: a });
    assert.doesNotMatch(list.text, /a secret/);
  });

  it("can't promise more memory than there is", async () => {
    const token = server.token({ team: 'a', role: 'admin' });
    const body = { name: 'big', provider: 'local', workers: 1, workerCores: 1, workerMemory: '1g' };
    const path = '/api/sparkdeck/v1/clusters';
    const refused = await server.ask('POST', path, { token, body: { ...body, overcommit: true } });
    assert.equal(refused.status, 400);
    assert.match(refused.text, /additional properties: overcommit/);
    assert.equal((await server.ask('POST', path, { token, body })).status, 201);
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
    const database = new DatabaseSync(join(server.folder, 'sparkdeck.sqlite'), { readOnly: true });
    const rows = database.prepare('SELECT * FROM tokens').all();
    database.close();
    assert.deepEqual(
      rows.map(row => row['hash']),
      [a, b].map(token => createHash('sha256').update(token).digest('hex')),
    );
    const text = JSON.stringify(rows);
    for (const token of [a, b]) assert.ok(!text.includes(token.slice('sparkdeck_'.length)));
    assert.throws(() => server.rooms.teams.tokens.revoke(99), { code: 'token.missing' });
  });
});
