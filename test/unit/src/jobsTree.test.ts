import assert from 'node:assert/strict';
import type { Hint } from '../../../server/protocol/metrics.ts';
import { jobsTree } from '../../../src/tree/jobsTree.ts';
import { measuredOf } from '../batches/hints/measuredOf.ts';
import { batch, noon, progress, tasks } from './samples.ts';
import { treeText } from './treeText.ts';

const ended = (
  state: 'success' | 'dead' | 'killed',
): { transitions: { state: typeof state | 'starting'; at: number }[] } => ({
  transitions: [
    { state: 'starting', at: noon },
    { state, at: noon + 12_000 },
  ],
});

describe('the tree of jobs', () => {
  it('shows running ones first, then the newest, with the state in words', () => {
    const nodes = jobsTree({
      batches: [
        batch({ id: 1, state: 'running', name: 'long' }),
        batch({ id: 2, state: 'success', ...ended('success') }),
        batch({ id: 3, state: 'dead', reason: 'ValueError: no number\nmore of it', ...ended('dead') }),
        batch({ id: 4, state: 'killed', ...ended('killed') }),
        batch({ id: 5, state: 'starting', name: 'new' }),
        batch({ id: 6, state: 'running', name: 'going', killRequestedAt: noon }),
      ],
      progress: new Map(),
      hints: new Map(),
      total: 8,
      now: noon,
    });
    assert.equal(
      treeText(nodes),
      [
        '(loading~spin) going — being killed',
        '  …',
        '(loading~spin) new — starting',
        '(sync~spin) long — running',
        '  …',
        '(circle-slash) word_count — killed · 12 s · 12:00:12',
        '(error) word_count — dead · ValueError: no number · 12 s · 12:00:12',
        '(pass) word_count — success · 12 s · 12:00:12',
        '(ellipsis) Show older jobs — 2 more',
      ].join('\n'),
    );
  });

  it('shows the queue in its order, between those that run and those that have ended', () => {
    const queued = (id: number, queuePosition: number): ReturnType<typeof batch> =>
      batch({ id, state: 'not_started', name: `waiting-${id}`, queuePosition });
    const nodes = jobsTree({
      batches: [
        queued(5, 2),
        queued(4, 3),
        batch({ id: 3, state: 'success', ...ended('success') }),
        queued(2, 1),
        batch({ id: 1, state: 'running', name: 'long' }),
      ],
      progress: new Map(),
      hints: new Map(),
      total: 5,
      now: noon,
    });
    assert.equal(
      treeText(nodes),
      [
        '(sync~spin) long — running',
        '  …',
        '(clock) waiting-2 — queued · 1st',
        '(clock) waiting-5 — queued · 2nd',
        '(clock) waiting-4 — queued · 3rd',
        '(pass) word_count — success · 12 s · 12:00:12',
      ].join('\n'),
    );
    assert.deepEqual(
      nodes.slice(1, 4).map(({ context }) => context),
      ['batch:not_started', 'batch:not_started:behind', 'batch:not_started:behind'],
    );
  });

  it('unfolds into Spark jobs and stages with task counts', () => {
    const nodes = jobsTree({
      batches: [
        batch({ id: 7, state: 'running', appId: 'app-1' }),
        batch({ id: 6, state: 'running', appId: 'app-0', name: 'unread' }),
        batch({ id: 5, state: 'success', appId: 'app-2', name: 'idle', ...ended('success') }),
      ],
      progress: new Map([
        [
          7,
          progress(7, {
            tasks: tasks(3, 10),
            jobs: [
              {
                id: 0,
                name: 'count at /home/ann/my project/word_count.py:3',
                state: 'running',
                tasks: tasks(3, 10, 1),
                startedAt: noon,
                stages: [
                  {
                    id: 1,
                    attempt: 1,
                    name: 'count',
                    state: 'active',
                    tasks: tasks(1, 8, 1),
                    startedAt: noon,
                  },
                  {
                    id: 0,
                    attempt: 0,
                    name: 'map',
                    state: 'complete',
                    tasks: tasks(2, 2),
                    startedAt: noon,
                    endedAt: noon + 900,
                  },
                  { id: 2, attempt: 0, name: 'cached', state: 'skipped', tasks: tasks(0, 4) },
                ],
              },
            ],
          }),
        ],
        [5, progress(5, { appId: 'app-2' })],
      ]),
      hints: new Map(),
      total: 3,
      now: noon,
    });
    assert.equal(
      treeText(nodes),
      [
        '(sync~spin) word_count — running · 3/10 tasks',
        '  (sync~spin) Job 0: count at word_count.py:3 — running · 3/10 tasks, 1 failed',
        '    (pass) Stage 0: map — complete · 2/2 tasks · 900 ms',
        '    (sync~spin) Stage 1, attempt 2: count — active · 1/8 tasks, 1 failed',
        '    (debug-step-over) Stage 2: cached — skipped',
        '(sync~spin) unread — running',
        '  …',
        '(pass) idle — success · 12 s · 12:00:12',
        '  (info) It ran no Spark jobs',
      ].join('\n'),
    );
  });

  it('says when an application waits for executors', () => {
    const [node] = jobsTree({
      batches: [batch({ id: 1, state: 'running', appId: 'app-1' })],
      progress: new Map([[1, progress(1, { waitingForResources: true, tasks: tasks(0, 2) })]]),
      hints: new Map(),
      total: 1,
      now: noon,
    });
    assert.equal(node?.description, 'waiting for executors · 0/2 tasks');
  });

  it('puts hints above the jobs, and what a stage did into its tooltip', () => {
    const measured = measuredOf({
      stages: [
        {
          took: 20_000,
          tasks: 4,
          median: 300,
          max: 3600,
          read: { median: 0, max: 2 ** 21 },
          metrics: { taskTime: 5000, shuffleReadBytes: 2 ** 21, diskSpilled: 1536 },
        },
      ],
    }).progress;
    const hint: Hint = {
      kind: 'skewed-stage',
      title: 'Stage 0 is skewed',
      detail: 'One task ran 3.6 s.\nRepartition (1).',
      stageId: 0,
      figures: {},
    };
    const nodes = jobsTree({
      batches: [batch({ id: 1, state: 'success', appId: 'a', ...ended('success') })],
      progress: new Map([[1, measured]]),
      hints: new Map([[1, [hint]]]),
      total: 1,
      now: noon,
    });
    assert.equal(
      treeText(nodes),
      [
        '(pass) word_count — success · 12 s · 12:00:12',
        '  (lightbulb) Stage 0 is skewed',
        '  (pass) Job 0: count at app.py:7 — succeeded',
        '    (pass) Stage 0: count at app.py:7 — complete · 4/4 tasks · 20 s',
      ].join('\n'),
    );
    const children = nodes[0]?.children;
    assert.ok(typeof children === 'object');
    const [hintNode, jobNode] = children;
    assert.equal(hintNode?.tooltip, 'One task ran 3\\.6 s\\.  \nRepartition \\(1\\)\\.');
    const stages = jobNode?.children;
    const tooltip = typeof stages === 'object' ? stages[0]?.tooltip : undefined;
    assert.deepEqual(
      tooltip
        ?.replaceAll('\\', '')
        .split('\n')
        .filter(line => /^\| \w/.test(line)),
      [
        '| Task time | 5 s |',
        '| Each task | 1 ms to 3.6 s, median 300 ms |',
        '| Shuffle read | 2 MB |',
        '| Read by each task | 0 B to 2 MB, median 0 B |',
        '| Spilled to disk | 1.5 KB |',
      ],
    );
  });

  it('keeps the jobs of several applications apart, the newest first', () => {
    const job = (appId: string, id: number) => ({
      ...{ id, appId, name: 'count', state: 'succeeded' as const },
      ...{ tasks: tasks(1, 1), stages: [], startedAt: noon, endedAt: noon + 1000 },
    });
    const [node] = jobsTree({
      batches: [batch({ id: 1, state: 'success', appId: 'app-2', ...ended('success') })],
      progress: new Map([[1, progress(1, { jobs: [job('app-1', 0), job('app-1', 1), job('app-2', 0)] })]]),
      hints: new Map(),
      total: 1,
      now: noon,
    });
    assert.ok(Array.isArray(node?.children));
    assert.deepEqual(
      node.children.map(({ id }: { id: string }) => id),
      ['batch/1/job/app-2/0', 'batch/1/job/app-1/1', 'batch/1/job/app-1/0'],
    );
  });

  it('says of a log that cannot be read why there are no jobs', () => {
    const nodes = jobsTree({
      batches: [batch({ id: 1, state: 'success', appId: 'a', ...ended('success') })],
      progress: new Map([[1, progress(1, { unavailable: 'Its event log is off.' })]]),
      hints: new Map(),
      total: 1,
      now: noon,
    });
    assert.match(treeText(nodes), /\(info\) Its event log is off\.$/);
  });

  it('carries in each row what can be done with it', () => {
    const context = (given: Parameters<typeof batch>[0]): string | undefined =>
      jobsTree({ batches: [batch(given)], progress: new Map(), hints: new Map(), total: 1, now: noon })[0]
        ?.context;
    const sparkUiUrl = 'http://127.0.0.1:4040';
    assert.equal(context({ id: 1, state: 'starting' }), 'batch:starting');
    assert.equal(context({ id: 1, state: 'running', appId: 'a', sparkUiUrl }), 'batch:running:ui:app');
    assert.equal(context({ id: 1, state: 'running', killRequestedAt: noon }), 'batch:running:killing');
    assert.equal(
      context({ id: 1, state: 'dead', appId: 'a', sparkUiUrl, killRequestedAt: noon }),
      'batch:dead:app',
    );
  });
});
