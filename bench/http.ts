import autocannon, { type Instance, type Options, type Result } from 'autocannon';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { nativePrefix } from '../server/api/http/native/nativePrefix.ts';
import { ServedBackend } from '../test/clients/support/servedBackend.ts';
import { saveResult } from './figures.ts';

/**
 * Clients, each on a connection of its own. At first they ask again as soon as they have their answer, to see how much the
 * server carries; while others submit, once a second as clients do.
 */
const pollers = 200;
/** Seconds of the first. */
const pollTime = 20;
const submits = 1000;
const submitters = 20;

const Submitted = Type.Object({ id: Type.Integer() });
const Page = Type.Object({
  batches: Type.Array(Type.Object({ name: Type.String() })),
  next: Type.Optional(Type.Integer()),
});

/** Many who ask, and many submits at once, over HTTP with tokens, while a job of Spark's runs; its load is autocannon's. */
export async function benchHttp(): Promise<void> {
  const served = await ServedBackend.start();
  try {
    const admin = await served.token({ role: 'admin' });
    const token = await served.token({ role: 'submitter', team: 'load' });
    await ask(served, admin, 'PUT', `${nativePrefix}/teams/load/quota`, { batches: 1 });
    const file = served.script('long.py', 'import time; time.sleep(3600)');
    const body = { file, driverMemory: '512m', conf: { 'spark.master': 'local[1]' } };
    const first = Value.Parse(Submitted, await ask(served, token, 'POST', `${nativePrefix}/batches`, body));

    const polling: Options = {
      url: served.address,
      connections: pollers,
      headers: { authorization: `Bearer ${token}` },
      requests: [
        { path: `${nativePrefix}/batches?limit=20` },
        { path: `${nativePrefix}/batches/${first.id}` },
        { path: `/batches/${first.id}/state` },
      ],
    };
    const quiet = await autocannon({ ...polling, duration: pollTime });

    const stopPolling = keepAsking({ ...polling, duration: 3600, connectionRate: 1 });
    let next = 0;
    const submitting = await autocannon({
      url: served.address,
      connections: submitters,
      amount: submits,
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      requests: [
        {
          path: `${nativePrefix}/batches`,
          setupRequest: request => {
            const name = `load ${next++}`;
            return {
              ...request,
              headers: { ...request.headers, 'idempotency-key': name },
              body: JSON.stringify({ ...body, name }),
            };
          },
        },
      ],
    });
    const busy = await stopPolling();

    const load = { polls: told(quiet), pollsWhileSubmitting: told(busy), submits: told(submitting) };
    const queued = await countQueued(served, token);
    console.log(JSON.stringify({ ...load, queued }, undefined, 2));
    if (queued !== submits) throw new Error(`${submits} were submitted, and ${queued} wait`);
    for (const [what, { failed }] of Object.entries(load)) {
      if (failed > 0) throw new Error(`${what}: ${failed} requests failed`);
    }
    saveResult('http', { pollers, submitters, queued, ...load });
  } finally {
    await served.stop();
  }
}

/** @returns what ends it, and answers with how it went */
function keepAsking(options: Options): () => Promise<Result> {
  let instance: Instance | undefined;
  const result = new Promise<Result>((resolve, reject) => {
    instance = autocannon(options, (error: unknown, ended) => (error ? reject(error) : resolve(ended)));
  });
  return () => {
    instance?.stop();
    return result;
  };
}

/** Latencies in milliseconds; what is answered with another status than 2xx has failed too. */
function told({ latency, requests, errors, timeouts, non2xx, duration }: Result): Told {
  return {
    count: requests.total,
    perSecond: Math.round(requests.total / duration),
    median: latency.p50,
    p99: latency.p99,
    max: latency.max,
    failed: errors + timeouts + non2xx,
  };
}

interface Told {
  count: number;
  perSecond: number;
  median: number;
  p99: number;
  max: number;
  failed: number;
}

/** How many different ones wait. */
async function countQueued(served: ServedBackend, token: string): Promise<number> {
  const names = new Set<string>();
  let cursor = '';
  for (;;) {
    const page = Value.Parse(
      Page,
      await ask(served, token, 'GET', `${nativePrefix}/batches?limit=100&state=not_started${cursor}`),
    );
    for (const { name } of page.batches) names.add(name);
    if (page.next === undefined) return names.size;
    cursor = `&cursor=${page.next}`;
  }
}

async function ask(
  served: ServedBackend,
  token: string,
  method: string,
  path: string,
  body?: object,
): Promise<unknown> {
  const answer = await fetch(`${served.address}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
