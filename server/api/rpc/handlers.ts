import { readMainClasses } from '../../artifacts/mainClasses.ts';
import type { BackendStatus, Method, Params, Result } from '../../protocol/methods.ts';
import type { InstallProgress } from '../../protocol/runtime.ts';
import { owner } from '../../teams/identity.ts';
import { TeamRooms, type Rooms } from '../../teams/teamRooms.ts';

/** The rooms that the door opens on, and the backend behind them. */
export interface Surroundings extends Rooms {
  status: () => BackendStatus;
  stop: () => void;
  tellInstall: (progress: InstallProgress) => void;
}

/** Who asks. */
export interface Caller {
  /** stands for the connection */
  connection: symbol;
  /** aborts when the request is cancelled or the connection is lost */
  signal: AbortSignal;
}

type Handler<M extends Method> = (params: Params<M>, caller: Caller) => Promise<Result<M>> | Result<M>;
export type Handlers = { [M in Method]: Handler<M> };

/** Each method of the protocol and the room that answers it. */
export function createHandlers(backend: Surroundings): Handlers {
  const { clusters, batches } = backend;
  const own = new TeamRooms(owner, backend);
  return {
    'backend/status': () => backend.status(),
    'backend/stop': () => {
      // The writer takes a few turns of the event loop; then the answer has gone out.
      setTimeout(backend.stop, 50);
      return {};
    },

    'settings/get': () => own.settings(),
    'settings/set': params => own.setSettings(params),

    'runtime/doctor': params => own.doctor(params),
    'runtime/install': params => own.install(params, backend.tellInstall),

    'cluster/list': () => clusters.listing(),
    'cluster/start': params => own.clusters.start(params),
    'cluster/await': ({ name }, { signal }) => clusters.await(name, signal),
    'cluster/detail': ({ name }) => own.clusters.detail(name),
    'cluster/connection': ({ name }) => own.clusters.connection(name),
    'cluster/stop': ({ name, force = false }) => own.clusters.stop(name, { force }),
    'cluster/remove': async ({ name }) => {
      await own.clusters.remove(name);
      return {};
    },
    'cluster/scale': ({ name, workers }) => own.clusters.scale(name, workers),
    'cluster/extend': ({ name, seconds }) => own.clusters.extend(name, seconds * 1000),

    'batch/submit': params => own.batches.submit(params),
    'batch/list': params => batches.list(params),
    'batch/get': ({ id }) => batches.get(id),
    'batch/await': ({ id }, { signal }) => batches.await(id, signal),
    'batch/kill': ({ id }) => own.batches.kill(id),
    'batch/rerun': params => own.batches.rerun(params),
    'batch/remove': async ({ id }) => {
      await own.batches.remove(id);
      return {};
    },
    'batch/move': ({ id, position }) => own.batches.move(id, position),
    'batch/progress': ({ id }) => batches.progress(id),
    'batch/history': ({ id }) => batches.history(id),
    'batch/timing': ({ id }) => batches.timing(id),
    'batch/watch': ({ ids }, { connection }) => {
      batches.watch(connection, ids);
      return {};
    },
    'batch/problems': async ({ id }) => ({ problems: await batches.problems(id) }),
    'batch/command': ({ id }) => ({ command: batches.command(id) }),

    'log/files': (params, { signal }) => batches.logFiles(params, signal),
    'log/read': (params, { signal }) => batches.readLog(params, signal),
    'log/search': (params, { signal }) => batches.searchLog(params, signal),

    'token/create': params => own.createToken(params),
    'token/list': () => ({ tokens: own.tokens() }),
    'token/revoke': ({ id }) => own.revokeToken(id),
    'team/list': () => ({ teams: own.teams() }),
    'team/quota': ({ team, quota }) => own.setQuota(team, quota),
    'audit/list': params => ({ entries: own.audit(params) }),

    'artifact/mainClasses': ({ file }) => readMainClasses(file),
  };
}
