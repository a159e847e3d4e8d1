import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { dirname, join } from 'node:path';
import { owner } from '../../../../server/teams/identity.ts';
import { TeamRooms } from '../../../../server/teams/teamRooms.ts';
import { TestServer } from './support/testServer.ts';

const base = '/api/sparkdeck/v1';
const conf = { 'spark.master': 'local[1]' };

interface Event {
  event: string;
  id: string | undefined;
  data: string;
}

/** A client of server-sent events that can be cut off. */
class Listener {
  readonly events: Event[] = [];
  readonly closed: Promise<unknown>;
  readonly #answer: IncomingMessage;
  #text = '';
  #wake = (): void => undefined;

  private constructor(answer: IncomingMessage) {
    this.#answer = answer;
    this.closed = once(answer, 'close');
    answer.setEncoding('utf8').on('data', (text: string) => this.#take(text));
    answer.on('error', () => undefined);
    void this.closed.then(() => this.#wake());
  }

  static async open(
    server: TestServer,
    path: string,
    headers: Record<string, string> = {},
  ): Promise<Listener> {
    const asked = request(`${server.address}${base}${path}`, { headers: { host: 'localhost', ...headers } });
    asked.end();
    const [answer]: IncomingMessage[] = await once(asked, 'response');
    assert.ok(answer);
    assert.equal(answer.statusCode, 200);
    assert.match(String(answer.headers['content-type']), /^text\/event-stream/);
    return new Listener(answer);
  }

  get lastId(): string {
    return this.events.findLast(({ id }) => id !== undefined)?.id ?? '';
  }

  async until(isIt: (event: Event) => boolean): Promise<Event> {
    for (;;) {
      const found = this.events.find(isIt);
      if (found) return found;
      if (this.#answer.destroyed) throw new Error(`It ended before: ${JSON.stringify(this.events)}`);
      await new Promise<void>(resolve => (this.#wake = resolve));
    }
  }

  close(): void {
    this.#answer.destroy();
  }

  #take(text: string): void {
    this.#text += text;
    for (let end = this.#text.indexOf('\n\n'); end >= 0; end = this.#text.indexOf('\n\n')) {
      const fields = new Map(
        this.#text
          .slice(0, end)
          .split('\n')
          .map(line => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      );
      this.#text = this.#text.slice(end + 2);
      const event = fields.get('event');
      if (event) this.events.push({ event, id: fields.get('id'), data: fields.get('data') ?? '' });
    }
    this.#wake();
  }
}

describe('api/http: server-sent events', () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await TestServer.open({ auth: true });
    await server.listen();
  });
  afterEach(async () => server.close());
  const bearer = (team?: string): Record<string, string> => ({
    authorization: `Bearer ${server.token({ role: 'admin', ...(team !== undefined && { team }) })}`,
  });
  const rooms = (team?: string): TeamRooms =>
    new TeamRooms(team === undefined ? owner : { who: team, team, role: 'admin' }, server.rooms);
  const submit = async (team?: string): Promise<number> =>
    (await rooms(team).batches.submit({ request: { file: server.script('job.py', 'true'), conf } })).id;
  const tells =
    (topic: string, id: number) =>
    ({ event, data }: Event): boolean =>
      event === 'changed' && data === JSON.stringify({ topic, id });

  it('tell of changes, and after a gap of everything that changed meanwhile', async () => {
    const auth = bearer();
    const first = await Listener.open(server, '/events', auth);
    await first.until(({ event }) => event === 'ready');
    const seen = await submit();
    await first.until(tells('batch', seen));
    await server.ended(seen);
    first.close();
    const { lastId } = first;
    const missed = await submit();
    await server.ended(missed);
    const second = await Listener.open(server, '/events', { ...auth, 'last-event-id': lastId });
    await second.until(({ event }) => event === 'ready');
    assert.ok(second.events.some(tells('batch', missed)));
    assert.ok(second.events.filter(({ event }) => event === 'changed').every(({ id }) => id === undefined));
    const third = await Listener.open(server, '/events', { ...auth, 'last-event-id': second.lastId });
    await third.until(({ event }) => event === 'ready');
    assert.deepEqual(
      third.events.map(({ event, data }) => [event, event === 'changed' ? data : '']),
      [
        ['changed', JSON.stringify({ topic: 'runtime', id: 0 })],
        ['ready', ''],
      ],
      'of a runtime it is not known whether it changed',
    );
    for (const listener of [second, third]) listener.close();
  });

  it('say that all is to be read again after a removal, or when the number is not of here', async () => {
    const auth = bearer();
    const id = await submit();
    await server.ended(id);
    const before = String(server.changes.revision);
    await rooms().batches.remove(id);
    for (const last of [before, '9007199254740991']) {
      const listener = await Listener.open(server, '/events', { ...auth, 'last-event-id': last });
      await listener.until(({ event }) => event === 'ready');
      assert.deepEqual(
        listener.events.map(({ event }) => event),
        ['reset', 'ready'],
      );
      listener.close();
    }
  });

  it('say it also to who was cut off in the middle of a removal of several', async () => {
    const auth = bearer();
    const ids = [await submit(), await submit(), await submit()];
    for (const id of ids) await server.ended(id);
    const listener = await Listener.open(server, '/events', auth);
    await listener.until(({ event }) => event === 'ready');
    server.rooms.settings.set({ keepCount: 0 });
    const now = Date.now;
    Date.now = () => now() + 3600_000;
    server.rooms.batches.applyPolicy();
    Date.now = now;
    for (const id of ids) await listener.until(tells('batch', id));
    const first = listener.events.findIndex(({ event }) => event === 'changed');
    const { id: lastId = '' } =
      listener.events.slice(0, first + 1).findLast(({ id }) => id !== undefined) ?? {};
    const again = await Listener.open(server, '/events', { ...auth, 'last-event-id': lastId });
    await again.until(({ event }) => event === 'ready');
    assert.equal(again.events[0]?.event, 'reset');
    for (const each of [listener, again]) each.close();
  });

  it('say that all is to be read again when more has changed at once than is worth telling', async () => {
    const listener = await Listener.open(server, '/events', bearer());
    await listener.until(({ event }) => event === 'ready');
    for (let id = 1; id <= 1001; id++) server.changes.announce('batch', id);
    const { id } = await listener.until(({ event }) => event === 'reset');
    assert.equal(id, String(server.changes.revision));
    listener.close();
  });

  it('tell of an install', async () => {
    const token = server.token({ role: 'admin' });
    const listener = await Listener.open(server, '/events', bearer('a'));
    await listener.until(({ event }) => event === 'ready');
    server.rooms.runtimes.install = async (_preference, onProgress) => {
      for (const step of ['check', 'done'] as const) onProgress({ step, message: '', fraction: 1 });
      return {
        java: { home: '/java', version: 17, fullVersion: '17.0.1', source: 'PATH' },
        spark: { home: '/spark', version: '4.3.0', source: 'managed' },
        python: { path: '/python', version: '3.12.1', source: 'PATH' },
      };
    };
    assert.equal((await server.ask('POST', `${base}/runtimes`, { token, body: {} })).status, 200);
    await listener.until(tells('runtime', 0));
    listener.close();
  });

  it('tell of the places in the queue as one thing, also after a gap', async () => {
    const auth = bearer('a');
    server.rooms.settings.set({ maxRunning: 1 });
    const file = server.script('long.py', 'sleep 600');
    const ids: number[] = [];
    for (let count = 0; count < 5; count++)
      ids.push((await rooms('a').batches.submit({ request: { file, conf } })).id);
    const [running = 0, next = 0, ...waiting] = ids;
    const listener = await Listener.open(server, '/events', auth);
    await listener.until(({ event }) => event === 'ready');
    const { lastId } = listener;
    await server.rooms.batches.kill(running);
    await listener.until(tells('batch', next));
    await listener.until(tells('queue', 0));
    assert.ok(!waiting.some(id => listener.events.some(tells('batch', id))));
    assert.deepEqual(
      waiting.map(id => server.rooms.batches.get(id).queuePosition),
      [1, 2, 3],
    );
    listener.close();
    const again = await Listener.open(server, '/events', { ...auth, 'last-event-id': lastId });
    await again.until(({ event }) => event === 'ready');
    assert.ok(again.events.some(tells('queue', 0)));
    assert.ok(!waiting.some(id => again.events.some(tells('batch', id))));
    again.close();
  });

  it('look up once whose a thing is, for however many', async () => {
    const { batches } = server.rooms;
    const whose = batches.whose.bind(batches);
    let looks = 0;
    batches.whose = id => {
      looks++;
      return whose(id);
    };
    const auth = bearer('a');
    const listeners = await Promise.all([1, 2, 3].map(() => Listener.open(server, '/events', auth)));
    for (const listener of listeners) await listener.until(({ event }) => event === 'ready');
    let changes = 0;
    server.changes.on(() => changes++);
    const id = await submit('a');
    await server.ended(id);
    for (const listener of listeners) await listener.until(tells('batch', id));
    assert.equal(looks, changes);
    for (const listener of listeners) listener.close();
  });

  it('tell a team of its own things alone, also after a gap', async () => {
    const auth = bearer('a');
    const listener = await Listener.open(server, '/events', auth);
    await listener.until(({ event }) => event === 'ready');
    const { lastId } = listener;
    const theirs = await submit('b');
    await server.ended(theirs);
    const own = await submit('a');
    await listener.until(tells('batch', own));
    assert.ok(!listener.events.some(tells('batch', theirs)));
    listener.close();
    const again = await Listener.open(server, '/events', { ...auth, 'last-event-id': lastId });
    await again.until(({ event }) => event === 'ready');
    assert.deepEqual(
      [again.events.some(tells('batch', own)), again.events.some(tells('batch', theirs))],
      [true, false],
    );
    again.close();
  });

  it('end when the backend leaves', async () => {
    const listener = await Listener.open(server, '/events', bearer());
    await listener.until(({ event }) => event === 'ready');
    server.leaving.abort();
    await listener.closed;
  });

  it('follow output to its end, and go on in the middle', async () => {
    const auth = bearer();
    const go = join(dirname(server.script('before.py', '')), 'go');
    const file = server.script('slow.py', `echo one; while [ ! -e "${go}" ]; do sleep 0.05; done; echo two`);
    const { id } = await rooms().batches.submit({ request: { file, conf } });
    const text = (listener: Listener): string =>
      listener.events
        .filter(({ event }) => event === 'output')
        .map(({ data }) =>
          JSON.parse(data)
            .chunks.map((chunk: { text: string }) => chunk.text)
            .join(''),
        )
        .join('');
    const first = await Listener.open(server, `/batches/${id}/log/events`, auth);
    await first.until(({ event }) => event === 'output');
    assert.equal(text(first), 'one\n');
    first.close();
    const second = await Listener.open(server, `/batches/${id}/log/events`, {
      ...auth,
      'last-event-id': first.lastId,
    });
    writeFileSync(go, '');
    await second.until(({ event }) => event === 'end');
    await second.closed;
    assert.equal(text(second), 'two\n');
  });
});
