import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'undici';
import { installTimeout } from '../spark/support/runtime.ts';
import { hostileConnections, pipelined } from './support/hostileConnections.ts';
import { hostileRequests, type Hostile } from './support/hostileRequests.ts';
import { inForm } from './support/form.ts';
import { ServedBackend } from './support/servedBackend.ts';
import { count } from './support/tally.ts';

/** Milliseconds of CPU that one turn of the event loop may take. */
const longestTurn = 200;
/** MiB, resident: with a heap of at most 256. */
const mostMemory = 500;
/** Each route gets hostile requests for so long at most, in milliseconds; one that takes longer is broken off. */
const patience = inForm(700, 5000);

/** Empty lines; then what makes a parser of errors look back, go deep, or read what has no end. */
const program = `
import sys
for _ in range(80):
    sys.stdout.write("\\n" * 2**20)
for number in range(8000):
    sys.stderr.write("Traceback (most recent call last):\\n")
for number in range(40000):
    sys.stderr.write("Caused by: java.lang.RuntimeException: again\\n")
for number in range(200):
    sys.stderr.write('  File "/dev/zero", line %d, in f\\n' % number)
sys.exit(1)
`;

describe('chaos: abuse over HTTP', function () {
  this.timeout(30 * 60_000);
  let backend: ServedBackend;
  let id = 0;
  const rows: { what: string; tried: number; turn: number; memory: number }[] = [];
  const agent = new Agent({ connections: 16, bodyTimeout: 60_000, headersTimeout: 60_000 });

  before(async function () {
    this.timeout(installTimeout);
    backend = await ServedBackend.start();
    id = await backend.run(program);
  });
  after(async () => {
    await agent.destroy();
    await backend?.stop();
  });

  /**
   * Does something to the backend, and notes its longest turn and most memory meanwhile. What took too long is done again:
   * a collection of garbage may fall into any turn, and what is really slow is slow each time.
   */
  async function measured(what: string, tried: number, act: () => Promise<unknown>): Promise<void> {
    let [turn, memory] = [Infinity, 0];
    for (let round = 0; round < 3 && turn > longestTurn; round++) {
      backend.meter.reset();
      await act();
      await healthy();
      turn = Math.min(turn, backend.meter.longest());
      memory = Math.max(memory, backend.meter.memory());
    }
    rows.push({ what, tried, turn, memory });
  }

  async function healthy(): Promise<void> {
    const { statusCode, body } = await request(`${backend.address}/healthz`);
    await body.dump();
    assert.equal(statusCode, 200);
  }

  /** Sends it, and goes: at once when half of them do, or when the patience is at its end. */
  async function send(
    { method, path, headers, body }: Hostile,
    leaveAt: number,
  ): Promise<number | undefined> {
    try {
      const answer = await request(`${backend.address}${path}`, {
        method,
        dispatcher: agent,
        signal: AbortSignal.timeout(leaveAt),
        ...(headers && { headers }),
        ...(body !== undefined && { body }),
      });
      await answer.body.dump({ limit: 2 ** 30 });
      return answer.statusCode;
    } catch {
      // Cut off by us or by the backend, as it may.
      return undefined;
    }
  }

  it('no route blocks the others or takes the memory, whatever is asked of it', async () => {
    const health = backend.watchHealth();
    for (const [route, requests] of hostileRequests(await backend.document(), id)) {
      await measured(route, requests.length, async () => {
        const answers = requests.map((each, index) => send(each, index % 3 === 2 ? 50 : patience));
        for (const status of await Promise.all(answers)) {
          assert.notEqual(status, 500, `${route} answered 500`);
        }
      });
    }
    await measured('200 requests for all lines on one connection', 200, () =>
      pipelined(backend.port, `/batches/${id}/log?from=0&size=-1`, 200, inForm(4000, 20_000)),
    );
    await measured('all lines, by 50 clients that go', 50, () =>
      Promise.all(
        Array.from({ length: 50 }, () =>
          send({ method: 'GET', path: `/batches/${id}/log?from=0&size=-1` }, patience),
        ),
      ),
    );
    for (const { what, times, act } of hostileConnections(backend.port, id)) {
      await measured(what, times, () => act(patience));
    }
    const { p50, max } = await health.stop();

    const worst = rows.toSorted((one, other) => other.turn - one.turn);
    const figures = [
      ['routes and kinds of connections', String(rows.length)],
      ['hostile requests', String(rows.reduce((sum, { tried }) => sum + tried, 0))],
      ['longest turn of the event loop', `${worst[0]?.turn} ms of CPU`],
      ['/healthz meanwhile, median', `${Math.round(p50)} ms`],
      ['/healthz meanwhile, slowest', `${Math.round(max)} ms`],
      ['most memory, resident', `${Math.max(0, ...rows.map(({ memory }) => memory))} MiB`],
    ].map(cells => `| ${cells.join(' | ')} |`);
    const table = ['| under abuse | |', '| --- | --: |', ...figures].join('\n');
    console.log(`\n${table}\n`);
    for (const { what, tried, turn, memory } of worst.slice(0, 10)) {
      console.log(`        ${turn} ms, ${memory} MiB: ${what} (${tried})`);
    }
    mkdirSync('test-results', { recursive: true });
    writeFileSync('test-results/abuse.md', `${table}\n`);
    const tooLong = worst.filter(({ turn }) => turn > longestTurn);
    assert.deepEqual(tooLong, [], `no turn is longer than ${longestTurn} ms`);
    const tooMuch = rows.filter(({ memory }) => memory > mostMemory);
    assert.deepEqual(tooMuch, [], `no more than ${mostMemory} MiB`);
    count('abuse over HTTP', {});
  });
});
