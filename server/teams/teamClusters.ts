import type { Batches } from '../batches/batches.ts';
import { leadsTo } from '../clusters/addresses.ts';
import type { Clusters } from '../clusters/clusters.ts';
import type { RunningCluster } from '../clusters/provider.ts';
import type {
  Application,
  Cluster,
  ClusterConnection,
  ClusterDetail,
  ClusterSpec,
} from '../protocol/cluster.ts';
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

  /** Changes with whatever `list` and `get` answer. */
  get version(): string {
    return this.#clusters.version;
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
    return this.#recognise(await this.#clusters.detail(spec.name), { cluster: spec.name });
  }

  /** What a program of the caller's own needs to connect: the cluster's secret is in it. */
  async connection(name: string): Promise<ClusterConnection> {
    return this.#change('cluster/connection', name, async () => ({
      conf: this.#clusters.connection(this.get(name).spec.name),
    }));
  }

  /**
   * Asks a master that whoever runs the backend has named, and which may be nobody's cluster here. Of such a one a team
   * sees only the applications that are its batches.
   * @param place of its web page, and what batches call it
   * @throws SparkdeckError cluster.missing for another team's, cluster.unreachable
   */
  async detailAt(place: { uiUrl: string; masterUrl: string | undefined }): Promise<ClusterDetail> {
    const meant = await this.at(place);
    if (meant) return this.detail(meant.spec.name);
    const found = await this.#clusters.detailAt(place.uiUrl);
    const detail = this.#recognise(found, { master: place.masterUrl ?? '' });
    if (this.#identity.team === undefined) return detail;
    const isOwn = (app: Application): boolean => app.batchId !== undefined;
    return { ...detail, active: detail.active.filter(isOwn), completed: detail.completed.filter(isOwn) };
  }

  /** The cluster here with such an address. @throws SparkdeckError cluster.missing for another team's */
  async at(place: {
    uiUrl?: string | undefined;
    masterUrl?: string | undefined;
  }): Promise<Cluster | undefined> {
    const there: Cluster[] = [];
    for (const cluster of this.#clusters.list()) {
      const isUp = cluster.state === 'running' || cluster.state === 'stopping';
      if (isUp && (await isAt(cluster, place))) there.push(cluster);
    }
    const own = there.find(cluster => sees(this.#identity, cluster.team));
    if (own || there.length === 0) return own;
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
  async requireOwnMaster(master: string | undefined): Promise<void> {
    if (master !== undefined) await this.at({ masterUrl: master });
  }

  /** Says which applications are batches that he sees. */
  #recognise(detail: ClusterDetail, place: { cluster: string } | { master: string }): ClusterDetail {
    const { active, completed, ...told } = this.#batches.recognise(detail, place);
    const known = ({ batchId, ...app }: Application): Application => {
      const batch = batchId === undefined ? undefined : this.#batches.whose(batchId);
      if (batchId === undefined || !batch || !sees(this.#identity, batch.team)) return app;
      return { ...app, batchId };
    };
    return { ...told, active: active.map(known), completed: completed.map(known) };
  }

  async #change<T>(action: string, name: string, act: () => Promise<T>): Promise<T> {
    return this.#audit.record(this.#identity, action, `cluster ${name}`, () => {
      requireRole(this.#identity, 'admin', 'change clusters, or connect to them from outside');
      return act();
    });
  }
}

async function isAt(
  { uiUrl, masterUrl }: Cluster,
  place: { uiUrl?: string | undefined; masterUrl?: string | undefined },
): Promise<boolean> {
  const same = async (own: string | undefined, named: string | undefined): Promise<boolean> =>
    own !== undefined && named !== undefined && leadsTo(named, own);
  return (await same(uiUrl, place.uiUrl)) || (await same(masterUrl, place.masterUrl));
}
