import type { Batches } from '../batches/batches.ts';
import { changedRequest } from '../batches/changedRequest.ts';
import type { OutputLines } from '../batches/outputLines.ts';
import type { Batch, BatchHistory, BatchProgress, Problem } from '../protocol/batch.ts';
import { SparkdeckError } from '../protocol/errors.ts';
import type { LogReadParams, LogReadResult, LogSearchParams, LogSearchResult } from '../protocol/log.ts';
import type { Params, Result } from '../protocol/methods.ts';
import type { BatchTiming } from '../protocol/timing.ts';
import { restoreSecrets } from '../redaction/restoreSecrets.ts';
import type { Audit } from './audit.ts';
import { requireRole, requireTeam, sees, type Identity } from './identity.ts';
import type { TeamClusters } from './teamClusters.ts';
import type { TeamUploads } from './teamUploads.ts';

/**
 * The batches as one caller may see and touch them: those of his team, as if there were no others. Everything that
 * changes something asks for a role, and goes into the audit record.
 */
export class TeamBatches {
  readonly #identity: Identity;
  readonly #batches: Batches;
  readonly #clusters: TeamClusters;
  readonly #uploads: TeamUploads;
  readonly #audit: Audit;

  constructor(
    identity: Identity,
    rooms: { batches: Batches; audit: Audit },
    own: { clusters: TeamClusters; uploads: TeamUploads },
  ) {
    this.#identity = identity;
    this.#batches = rooms.batches;
    this.#clusters = own.clusters;
    this.#uploads = own.uploads;
    this.#audit = rooms.audit;
  }

  /** @param team for whom; an admin without a team may say so */
  async submit(params: Params<'batch/submit'>, { team }: { team?: string | undefined } = {}): Promise<Batch> {
    return this.#change(
      'batch/submit',
      undefined,
      async () => {
        requireTeam(this.#identity, team);
        return this.#submit(params, team);
      },
      ({ id }) => `batch ${id}`,
    );
  }

  async rerun({ id, changes, ...key }: Params<'batch/rerun'>): Promise<Batch> {
    return this.#change('batch/rerun', id, () => {
      // It stays its team's, whoever runs it again.
      const { team } = this.get(id);
      const request = this.#batches.requestOf(id);
      return this.#submit({ ...key, request: changedRequest(request, changes) }, team, { id, request });
    });
  }

  /** @throws SparkdeckError batch.missing, also of another team's */
  get(id: number): Batch {
    const batch = this.#batches.get(id);
    if (sees(this.#identity, batch.team)) return batch;
    throw new SparkdeckError('batch.missing', `There is no batch ${id}. It may have been removed.`);
  }

  /** Changes with whatever `get` answers for a batch; undefined for one that he doesn't see. */
  stamp(id: number, { withOutput = false } = {}): string | undefined {
    const found = this.#batches.stamp(id, withOutput);
    return found && sees(this.#identity, found.team) ? found.stamp : undefined;
  }

  /** Changes with whatever `list` and `page` answer. */
  get version(): string {
    return this.#batches.version;
  }

  find(id: number): Batch | undefined {
    const batch = this.#batches.find(id);
    return batch && sees(this.#identity, batch.team) ? batch : undefined;
  }

  /** The newest of that name. */
  findByName(name: string, cluster?: string): Batch | undefined {
    return this.#batches.findByName(name, { team: this.#identity.team, cluster });
  }

  list(params: Params<'batch/list'>): Result<'batch/list'> {
    return this.#batches.list(params, this.#identity.team);
  }

  /** Oldest first, from the one at this place of the whole list. */
  page(page: { from: number; size: number; cluster?: string }): { total: number; batches: Batch[] } {
    return this.#batches.page({ ...page, team: this.#identity.team });
  }

  /** The ids of those that a client who knows a revision should read again. */
  changedSince(revision: number, limit: number): number[] {
    return this.#batches.changedSince(revision, limit, this.#identity.team);
  }

  /** The ids of those that run. */
  running(): number[] {
    const { batches } = this.list({ limit: 1000, states: ['starting', 'running'] });
    return batches.map(({ id }) => id);
  }

  async await(id: number, signal: AbortSignal): Promise<Batch> {
    return this.#batches.await(this.get(id).id, signal);
  }

  async kill(id: number): Promise<Batch> {
    return this.#change('batch/kill', id, () => this.#batches.kill(this.get(id).id));
  }

  async remove(id: number): Promise<void> {
    return this.#change('batch/remove', id, () => this.#batches.remove(this.get(id).id));
  }

  /** The queue is everyone's, so this is not for every member of a team. */
  async move(id: number, position: number): Promise<Batch> {
    return this.#change('batch/move', id, () => {
      requireRole(this.#identity, 'admin', 'put a batch at another place of the queue');
      return this.#batches.move(this.get(id).id, position);
    });
  }

  async progress(id: number): Promise<BatchProgress> {
    return this.#batches.progress(this.get(id).id);
  }

  async history(id: number): Promise<BatchHistory> {
    return this.#batches.history(this.get(id).id);
  }

  /** Where its time went, so far. */
  async timing(id: number): Promise<BatchTiming> {
    return this.#batches.timing(this.get(id).id);
  }

  async problems(id: number): Promise<Problem[]> {
    return this.#batches.problems(this.get(id).id);
  }

  command(id: number): string {
    return this.#batches.command(this.get(id).id);
  }

  async readLog(params: LogReadParams, signal: AbortSignal): Promise<LogReadResult> {
    this.get(params.id);
    return this.#batches.readLog(params, signal);
  }

  /** Output by the numbers of its lines. @param from absent or negative: the last ones. @param size negative: all */
  async lastLines(id: number, count: number, signal: AbortSignal): Promise<string[]> {
    return this.#batches.lastLines(this.get(id).id, count, signal);
  }

  async readLines(
    id: number,
    from: number | undefined,
    size: number,
    signal: AbortSignal,
  ): Promise<OutputLines> {
    return this.#batches.readLines(this.get(id).id, from, size, signal);
  }

  async searchLog(params: LogSearchParams, signal: AbortSignal): Promise<LogSearchResult> {
    this.get(params.id);
    return this.#batches.searchLog(params, signal);
  }

  /** Which batches someone looks at: only for these is the driver asked. Others' are left out. */
  watch(watcher: symbol, ids: readonly number[]): void {
    this.#batches.watch(
      watcher,
      ids.filter(id => {
        const found = this.#batches.whose(id);
        return found && sees(this.#identity, found.team);
      }),
    );
  }

  /** @param old whose files it may have, as the batch that is run again */
  async #submit(
    params: Params<'batch/submit'>,
    team: string | undefined,
    old?: Pick<Batch, 'id' | 'request'>,
  ): Promise<Batch> {
    const request = restoreSecrets(params.request, old?.request);
    await this.#clusters.requireOwnMaster(request.conf?.['spark.master']);
    return this.#batches.submit(
      { ...params, request },
      {
        team: this.#identity.team ?? team,
        clusters: this.#clusters,
        resolve: request => this.#uploads.resolve(request, old?.request),
        ...(old && { rerunOf: old.id }),
      },
    );
  }

  async #change<T>(
    action: string,
    id: number | undefined,
    act: () => Promise<T> | T,
    subjectOf?: (result: T) => string,
  ): Promise<T> {
    const subject = id === undefined ? undefined : `batch ${id}`;
    return this.#audit.record(
      this.#identity,
      action,
      subject,
      () => {
        requireRole(this.#identity, 'submitter', 'change what runs');
        return act();
      },
      subjectOf,
    );
  }
}
