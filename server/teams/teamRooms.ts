import type { Batches } from '../batches/batches.ts';
import type { Clusters } from '../clusters/clusters.ts';
import type { AuditEntry, NewToken, Quota, Team, Token } from '../protocol/team.ts';
import type { DoctorReport, InstallProgress, Runtime, RuntimePreference } from '../protocol/runtime.ts';
import type { Settings } from '../protocol/settings.ts';
import type { Params } from '../protocol/methods.ts';
import type { Runtimes } from '../runtimes/runtimes.ts';
import type { SettingsTable } from '../store/settingsTable.ts';
import { requireOperator, requireRole, type Identity } from './identity.ts';
import { TeamBatches } from './teamBatches.ts';
import { TeamClusters } from './teamClusters.ts';
import type { Teams } from './teams.ts';

/** All rooms, without a question who asks. */
export interface Rooms {
  batches: Batches;
  clusters: Clusters;
  runtimes: Runtimes;
  settings: SettingsTable;
  teams: Teams;
}

/**
 * The rooms as one caller may see and touch them. Doors know no others, so that none of them can forget to ask whose a
 * thing is.
 */
export class TeamRooms {
  readonly identity: Identity;
  readonly batches: TeamBatches;
  readonly clusters: TeamClusters;
  readonly #rooms: Rooms;

  constructor(identity: Identity, rooms: Rooms) {
    this.identity = identity;
    this.#rooms = rooms;
    const { batches, clusters, teams } = rooms;
    const open = { batches, clusters, audit: teams.audit };
    this.clusters = new TeamClusters(identity, open);
    this.batches = new TeamBatches(identity, open, this.clusters);
  }

  settings(): Settings {
    return this.#rooms.settings.get();
  }

  async setSettings(settings: Settings): Promise<Settings> {
    return this.#operate('settings/set', 'change the settings', JSON.stringify(settings), () => {
      this.#rooms.settings.set(settings);
      this.#rooms.batches.applyPolicy();
      return this.#rooms.settings.get();
    });
  }

  async doctor(preference: RuntimePreference): Promise<DoctorReport> {
    // It runs the programs that the preference names.
    requireRole(this.identity, 'submitter', 'have the runtimes looked at');
    return this.#rooms.runtimes.doctor(preference);
  }

  async install(preference: RuntimePreference, onProgress: (p: InstallProgress) => void): Promise<Runtime> {
    return this.#operate('runtime/install', 'install Spark', preference.sparkVersion, () =>
      this.#rooms.runtimes.install(preference, onProgress),
    );
  }

  async createToken(fresh: NewToken): Promise<{ token: string; entry: Token }> {
    return this.#operate(
      'token/create',
      'make tokens',
      undefined,
      () => this.#rooms.teams.tokens.create(fresh),
      ({ entry }) => `token ${entry.id}: ${entry.role} of ${entry.team ?? 'all teams'}`,
    );
  }

  tokens(): Token[] {
    requireOperator(this.identity, 'see the tokens');
    return this.#rooms.teams.tokens.list();
  }

  async revokeToken(id: number): Promise<Token> {
    return this.#operate('token/revoke', 'revoke tokens', `token ${id}`, () =>
      this.#rooms.teams.tokens.revoke(id),
    );
  }

  /** The caller's own, or all. */
  teams(): Team[] {
    const { teams, batches } = this.#rooms;
    const { team } = this.identity;
    return teams.list(name => batches.usage(name)).filter(({ name }) => team === undefined || name === team);
  }

  async setQuota(team: string, quota: Quota): Promise<Team> {
    return this.#operate('team/quota', 'set quotas', `${team}: ${JSON.stringify(quota)}`, () => {
      const { teams, batches } = this.#rooms;
      const changed = teams.setQuota(team, quota, name => batches.usage(name));
      batches.applyPolicy();
      return changed;
    });
  }

  /** An admin sees what his team did. */
  audit({ team, ...page }: Params<'audit/list'>): AuditEntry[] {
    requireRole(this.identity, 'admin', 'read the audit record');
    return this.#rooms.teams.audit.list({ ...page, team: this.identity.team ?? team });
  }

  async #operate<T>(
    action: string,
    what: string,
    subject: string | undefined,
    act: () => Promise<T> | T,
    subjectOf?: (result: T) => string,
  ): Promise<T> {
    return this.#rooms.teams.audit.record(
      this.identity,
      action,
      subject,
      () => {
        requireOperator(this.identity, what);
        return act();
      },
      subjectOf,
    );
  }
}
