import type { DatabaseSync } from 'node:sqlite';
import { Value } from 'typebox/value';
import { bytesOf, formatBytes } from '../clusters/memory.ts';
import { SparkdeckError } from '../protocol/errors.ts';
import { Quota, type Usage } from '../protocol/team.ts';

/** What of a batch counts against a quota; one from before there were teams is not known to take anything. */
export interface Demand {
  cores: number;
  memory: number;
}

/** The teams' quotas, as written down. A team without one has no limit. */
export class Quotas {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  of(team: string): Quota {
    const row = this.#database.prepare('SELECT quota FROM teams WHERE name = ?').get(team);
    return row ? Value.Parse(Quota, JSON.parse(String(row['quota']))) : {};
  }

  set(team: string, quota: Quota): void {
    this.#database
      .prepare(
        'INSERT INTO teams (name, quota) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET quota = excluded.quota',
      )
      .run(team, JSON.stringify(quota));
  }

  /** Every team that has a quota, a token or a batch. */
  teams(): string[] {
    return this.#database
      .prepare(
        `SELECT name FROM teams UNION SELECT team FROM tokens WHERE team IS NOT NULL
         UNION SELECT team FROM batch_counts WHERE team <> ''
         UNION SELECT team FROM clusters WHERE team IS NOT NULL ORDER BY 1`,
      )
      .all()
      .map(row => String(row['name']));
  }

  /** Refuses what would wait for ever. @throws SparkdeckError batch.tooBig */
  check(team: string, demand: Demand = none): void {
    const quota = this.of(team);
    if (fits(quota, unused, demand)) return;
    throw new SparkdeckError(
      'batch.tooBig',
      `The batch asks for ${demand.cores} cores and ${formatBytes(demand.memory)}, driver and executors together. ` +
        `By its quota, the team "${team}" may use ${quota.cores ?? 'any number of'} cores and ${quota.memory ?? 'any amount'} of memory. ` +
        'Ask for less: with spark.cores.max or numExecutors, and with smaller memory sizes.',
    );
  }

  /** Whether a batch has room only when others of its team have ended. What never has any isn't to wait: see `check`. */
  mustWait(team: string, usage: Usage, demand: Demand = none): boolean {
    const quota = this.of(team);
    return !fits(quota, usage, demand) && fits(quota, unused, demand);
  }
}

const none: Demand = { cores: 0, memory: 0 };
const unused: Usage = { batches: 0, ...none };

/** Whether a batch may run beside what a team's batches use. */
export function fits(quota: Quota, usage: Usage, demand: Demand): boolean {
  const { batches = Infinity, cores = Infinity, memory } = quota;
  return (
    usage.batches + 1 <= batches &&
    usage.cores + demand.cores <= cores &&
    usage.memory + demand.memory <= (memory === undefined ? Infinity : bytesOf(memory))
  );
}
