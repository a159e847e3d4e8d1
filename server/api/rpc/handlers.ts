import type { Clusters } from '../../clusters/clusters.ts';
import type { Batches } from '../../batches/batches.ts';
import type { Runtimes } from '../../runtimes/runtimes.ts';
import { readMainClasses } from '../../artifacts/mainClasses.ts';
import type { BackendStatus, Method, Params, Result } from '../../protocol/methods.ts';
import type { SettingsTable } from '../../store/settingsTable.ts';
import type { InstallProgress } from '../../protocol/runtime.ts';

/** The rooms that the door opens on. */
export interface Rooms {
  clusters: Clusters;
  batches: Batches;
  runtimes: Runtimes;
  settings: SettingsTable;
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
export function createHandlers({ clusters, batches, runtimes, settings, ...backend }: Rooms): Handlers {
  return {
    'backend/status': () => backend.status(),
    'backend/stop': () => {
      // The writer takes a few turns of the event loop; then the answer has gone out.
      setTimeout(backend.stop, 50);
      return {};
    },

    'settings/get': () => settings.get(),
    'settings/set': params => {
      settings.set(params);
      batches.applyPolicy();
      return settings.get();
    },

    'runtime/doctor': params => runtimes.doctor(params),
    'runtime/install': params => runtimes.install(params, backend.tellInstall),

    'cluster/list': () => clusters.listing(),
    'cluster/start': params => clusters.start(params),
    'cluster/await': ({ name }, { signal }) => clusters.await(name, signal),
    'cluster/detail': async ({ name }) => batches.recognise(await clusters.detail(name), name),
    'cluster/stop': async ({ name, force = false }) => {
      // Refused before anything changes; and again once the cluster takes no more, for what came in between.
      if (!force) await batches.leaveCluster(name, false);
      return clusters.stop(name, () => batches.leaveCluster(name, force));
    },
    'cluster/remove': async ({ name }) => {
      await clusters.remove(name);
      return {};
    },

    'batch/submit': params => batches.submit(params),
    'batch/list': params => batches.list(params),
    'batch/get': ({ id }) => batches.get(id),
    'batch/await': ({ id }, { signal }) => batches.await(id, signal),
    'batch/kill': ({ id }) => batches.kill(id),
    'batch/rerun': params => batches.rerun(params),
    'batch/remove': async ({ id }) => {
      await batches.remove(id);
      return {};
    },
    'batch/move': ({ id, position }) => batches.move(id, position),
    'batch/progress': ({ id }) => batches.progress(id),
    'batch/history': ({ id }) => batches.history(id),
    'batch/timing': ({ id }) => batches.timing(id),
    'batch/watch': ({ ids }, { connection }) => {
      batches.watch(connection, ids);
      return {};
    },
    'batch/problems': async ({ id }) => ({ problems: await batches.problems(id) }),
    'batch/command': ({ id }) => ({ command: batches.command(id) }),

    'log/read': (params, { signal }) => batches.readLog(params, signal),
    'log/search': (params, { signal }) => batches.searchLog(params, signal),

    'artifact/mainClasses': ({ file }) => readMainClasses(file),
  };
}
