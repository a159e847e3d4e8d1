import type { DatabaseSync } from 'node:sqlite';
import type { Cluster } from '../protocol/cluster.ts';
import type { Quota, Team, Usage } from '../protocol/team.ts';
import { Audit } from './audit.ts';
import { itself } from './identity.ts';
import { Quotas } from './quotas.ts';
import { Tokens } from './tokens.ts';

/** The teams of a data folder: their tokens and quotas, and the record of what was done. */
export class Teams {
  readonly tokens: Tokens;
  readonly quotas: Quotas;
  readonly audit: Audit;

  constructor(database: DatabaseSync, log: (line: string) => void) {
    this.tokens = new Tokens(database);
    this.quotas = new Quotas(database);
    this.audit = new Audit(database, log);
  }

  list(usageOf: (team: string) => Usage): Team[] {
    return this.quotas.teams().map(name => ({ name, quota: this.quotas.of(name), usage: usageOf(name) }));
  }

  /** Writes down that the time of a cluster is over, and ends what runs there. */
  async expire({ spec, team }: Pick<Cluster, 'spec' | 'team'>, end: () => Promise<void>): Promise<void> {
    return this.audit.record(itself(team), 'cluster/expire', `cluster ${spec.name}`, end);
  }

  setQuota(team: string, quota: Quota, usageOf: (team: string) => Usage): Team {
    this.quotas.set(team, quota);
    return { name: team, quota, usage: usageOf(team) };
  }
}
