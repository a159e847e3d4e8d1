import type { Batches } from '../batches/batches.ts';
import type { Clusters } from '../clusters/clusters.ts';
import type { RunningCluster } from '../clusters/provider.ts';
import type { Cluster, ClusterDetail, ClusterSpec } from '../protocol/cluster.ts';
import { SparkdeckError } from '../protocol/errors.ts';
import type { Audit } from './audit.ts';
import { requireRole, requireTeam, sees, type Identity } from './identity.ts';

/**
 * The clusters as one caller may see and touch them: those of his team, as if there were no others. Names are everyone's
 * all the same: one that is taken can't be taken twice.
 */
export class TeamClusters {
  readonly #identity: Identity;
  readonly #clusters: Clusters;
  readonly #batches: Batches;
  readonly #audit: Audit;

  constructor(identity: Identity, rooms: { batches: Batches; clusters: Clusters; audit: Audit }) {
    this.#identity = identity;
    this.#clusters = rooms.clusters;
    this.#batches = rooms.batches;
    this.#audit = rooms.audit;
  }

  list(): Cluster[] {
    return this.#clusters.list().filter(cluster => sees(this.#identity, cluster.team));
  }

  /** @throws SparkdeckError cluster.missing, also of another team's */
  get(name: string): Cluster {
    const found = this.list().find(cluster => cluster.spec.name === name);
    if (found) return found;
    const known = this.list().map(each => each.spec.name);
    throw new SparkdeckError(
      'cluster.missing',
      `There is no cluster "${name}". ${known.length > 0 ? `There are: ${known.join(', ')}.` : 'Start one first.'}`,
    );
  }

  /** @throws SparkdeckError cluster.missing */
  byId(id: number): Cluster {
    const found = this.list().find(cluster => cluster.id === id);
    if (found) return found;
    throw new SparkdeckError('cluster.missing', `There is no cluster ${id}. It may have been removed.`);
  }

  /** A cluster that takes batches. @throws SparkdeckError cluster.missing, cluster.stopped */
  running(name: string): RunningCluster {
    return this.#clusters.running(this.get(name).spec.name);
  }

  /** @param team for whom; an admin without a team may say so */
  async start(spec: ClusterSpec, { team }: { team?: string | undefined } = {}): Promise<Cluster> {
    return this.#change('cluster/start', spec.name, () => {
      requireTeam(this.#identity, team);
      const old = this.#clusters.list().find(cluster => cluster.spec.name === spec.name);
      if (old && !sees(this.#identity, old.team)) {
        throw new SparkdeckError('cluster.exists', `The name "${spec.name}" is taken. Choose another.`);
      }
      return this.#clusters.start(spec, this.#identity.team ?? team);
    });
  }

  async await(name: string, signal: AbortSignal): Promise<Cluster> {
    return this.#clusters.await(this.get(name).spec.name, signal);
  }

  async detail(name: string): Promise<ClusterDetail> {
    const { spec } = this.get(name);
    return this.#batches.recognise(await this.#clusters.detail(spec.name), { cluster: spec.name });
  }

  /**
   * Asks a master that whoever runs the backend has named, and which may be nobody's cluster here.
   * @param place of its web page, and what batches call it
   * @throws SparkdeckError cluster.missing for another team's, cluster.unreachable
   */
  async detailAt(place: { uiUrl: string; masterUrl: string | undefined }): Promise<ClusterDetail> {
    const meant = this.at(place);
    if (meant) return this.detail(meant.spec.name);
    const detail = await this.#clusters.detailAt(place.uiUrl);
    const { masterUrl } = place;
    return masterUrl === undefined ? detail : this.#batches.recognise(detail, { master: masterUrl });
  }

  /** The cluster here with such an address. @throws SparkdeckError cluster.missing for another team's */
  at(place: { uiUrl?: string | undefined; masterUrl?: string | undefined }): Cluster | undefined {
    const isAt = (cluster: Cluster): boolean =>
      (cluster.state === 'running' || cluster.state === 'stopping') &&
      ((cluster.uiUrl !== undefined && sameAddress(cluster.uiUrl, place.uiUrl)) ||
        (cluster.masterUrl !== undefined && sameAddress(cluster.masterUrl, place.masterUrl)));
    const meant = this.#clusters.list().find(isAt);
    if (!meant || sees(this.#identity, meant.team)) return meant;
    throw new SparkdeckError(
      'cluster.missing',
      `No cluster of yours is at ${place.uiUrl ?? place.masterUrl ?? ''}.`,
    );
  }

  /** Answers when its processes are gone. Batches that still run on it are killed only with `force`. */
  async stop(name: string, { force = false } = {}): Promise<Cluster> {
    return this.#change('cluster/stop', name, async () => {
      this.get(name);
      // Refused before anything changes; and again once the cluster takes no more, for what came in between.
      if (!force) await this.#batches.leaveCluster(name, false);
      return this.#clusters.stop(name, () => this.#batches.leaveCluster(name, force));
    });
  }

  async scale(name: string, workers: number): Promise<Cluster> {
    return this.#change('cluster/scale', name, async () =>
      this.#clusters.scale(this.get(name).spec.name, workers),
    );
  }

  /** Has it live so much longer, in milliseconds. */
  async extend(name: string, time: number): Promise<Cluster> {
    return this.#change('cluster/extend', name, async () =>
      this.#clusters.extend(this.get(name).spec.name, time),
    );
  }

  /** How long a start is likely to take, in milliseconds; undefined before the first. */
  usualStart(workers: number): number | undefined {
    return this.#clusters.usualStart(workers);
  }

  async remove(name: string): Promise<void> {
    return this.#change('cluster/remove', name, () => this.#clusters.remove(this.get(name).spec.name));
  }

  /** A master by its address is a way to a cluster too. @throws SparkdeckError cluster.missing */
  requireOwnMaster(master: string | undefined): void {
    if (master !== undefined) this.at({ masterUrl: master });
  }

  async #change<T>(action: string, name: string, act: () => Promise<T>): Promise<T> {
    return this.#audit.record(this.#identity, action, `cluster ${name}`, () => {
      requireRole(this.#identity, 'admin', 'change what clusters there are');
      return act();
    });
  }
}

/** Whether two say the same place, in whatever words for this machine. */
function sameAddress(a: string, b: string | undefined): boolean {
  const plain = (url: string): string =>
    url.replace(/\/+$/, '').replace(/^(\w+:\/\/)(?:localhost|\[::1\])(?=[:/]|$)/i, '$1127.0.0.1');
  return b !== undefined && plain(a) === plain(b);
}
