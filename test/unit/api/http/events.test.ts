import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
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
      third.events.map(({ event }) => event),
      ['ready'],
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
    const go = `${server.folder}/go`;
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
    server.script('../go', '');
    await second.until(({ event }) => event === 'end');
    await second.closed;
    assert.equal(text(second), 'two\n');
  });
});
