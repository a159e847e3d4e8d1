import { readMainClasses } from '../artifacts/mainClasses.ts';
import type { Uploads } from '../artifacts/uploads.ts';
import type { Batches } from '../batches/batches.ts';
import type { Clusters } from '../clusters/clusters.ts';
import type { AuditEntry, NewToken, Quota, Team, Token } from '../protocol/team.ts';
import type { DoctorReport, InstallProgress, Runtime, RuntimePreference } from '../protocol/runtime.ts';
import type { Settings } from '../protocol/settings.ts';
import type { Changed, Params, Result } from '../protocol/methods.ts';
import type { Runtimes } from '../runtimes/runtimes.ts';
import type { SettingsTable } from '../store/settingsTable.ts';
import { requireOperator, requireRole, sees, type Identity } from './identity.ts';
import { TeamBatches } from './teamBatches.ts';
import { TeamClusters } from './teamClusters.ts';
import type { Teams } from './teams.ts';
import { TeamUploads } from './teamUploads.ts';

/** All rooms, without a question who asks. */
export interface Rooms {
  batches: Batches;
  clusters: Clusters;
  runtimes: Runtimes;
  settings: SettingsTable;
  teams: Teams;
  uploads: Uploads;
  /** Where everything is kept. A team's requests name nothing in it but what is the team's. */
  dataFolder: string;
}

/** Of a thing that changed; `all` for what is everyone's, or gone. */
type Owner = { team?: string } | 'all';
const owners = new WeakMap<Changed, Owner>();

/**
 * The rooms as one caller may see and touch them. Doors know no others, so that none of them can forget to ask whose a
 * thing is.
 */
export class TeamRooms {
  readonly identity: Identity;
  readonly batches: TeamBatches;
  readonly clusters: TeamClusters;
  readonly uploads: TeamUploads;
  readonly #rooms: Rooms;

  constructor(identity: Identity, rooms: Rooms) {
    this.identity = identity;
    this.#rooms = rooms;
    const open = { ...rooms, audit: rooms.teams.audit };
    this.clusters = new TeamClusters(identity, open);
    this.uploads = new TeamUploads(identity, open);
    this.batches = new TeamBatches(identity, open, this);
  }

  /**
   * Whether a change is one that he may hear of. Of what is gone, nobody knows whose it was; its number tells nothing.
   * @param change the same object for all who are told of it: whose the thing is, is looked up once
   */
  concerns(change: Changed): boolean {
    if (this.identity.team === undefined) return true;
    const found = owners.get(change) ?? this.#ownerOf(change);
    owners.set(change, found);
    return found === 'all' || sees(this.identity, found.team);
  }

  /**
   * What a client who knows a revision, and of all removals, should read again.
   * @param limit of the batches among it
   */
  changedSince(revision: number, limit: number): Pick<Changed, 'topic' | 'id'>[] {
    const batches = this.batches.changedSince(revision, limit);
    const { batches: waiting } = this.batches.list({ limit: 1, states: ['not_started'] });
    return [
      ...this.clusters
        .list()
        .filter(cluster => cluster.revision > revision)
        .map(({ id }) => ({ topic: 'cluster' as const, id })),
      ...batches.map(id => ({ topic: 'batch' as const, id })),
      ...this.batches.running().map(id => ({ topic: 'progress' as const, id })),
      // These have no revision: whether they changed isn't known.
      ...(waiting.length > 0 ? [{ topic: 'queue' as const, id: 0 }] : []),
      { topic: 'runtime', id: 0 },
    ];
  }

  /** The classes of a jar that have a main method. */
  async mainClasses(file: string): Promise<Result<'artifact/mainClasses'>> {
    requireRole(this.identity, 'submitter', 'have a file looked into');
    const { file: path } = await this.uploads.resolve({ file });
    return readMainClasses(path);
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
    const look = (): Promise<DoctorReport> => {
      requireRole(this.identity, 'submitter', 'have the runtimes looked at');
      return this.#rooms.runtimes.doctor(preference);
    };
    if (Object.keys(preference).length === 0) return look();
    // It runs the programs that the preference names.
    return this.#rooms.teams.audit.record(this.identity, 'runtime/doctor', JSON.stringify(preference), look);
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

  #ownerOf({ topic, id }: Changed): Owner {
    const { batches, clusters } = this.#rooms;
    if (topic === 'runtime' || topic === 'queue') return 'all';
    const found =
      topic === 'cluster' ? clusters.list().find(cluster => cluster.id === id) : batches.whose(id);
    return found ?? 'all';
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
