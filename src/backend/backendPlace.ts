import { join } from 'node:path';
import type { BackendPlace } from '../../server/client/connectBackend.ts';
import { defaultDataFolder } from '../../server/client/dataFolder.ts';

/** Where this window's backend is, and how it is started: the packaged one, run by the editor's own Node. */
export function backendPlace(options: {
  extensionFolder: string;
  dataFolder: string | undefined;
  execPath: string;
  env: NodeJS.ProcessEnv;
  start: boolean;
}): BackendPlace {
  const { extensionFolder, dataFolder, execPath, env, start } = options;
  const folder = dataFolder ?? defaultDataFolder(env);
  if (!start) return { dataFolder: folder };
  return {
    dataFolder: folder,
    start: {
      program: execPath,
      args: [join(extensionFolder, 'dist', 'backend.mjs')],
      env: { ...withoutEditorVariables(env), ELECTRON_RUN_AS_NODE: '1' },
    },
  };
}

/** The backend outlives the window, so what names this window's sockets and options must not reach it or its children. */
function withoutEditorVariables(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(VSCODE_|ELECTRON_|NODE_OPTIONS$)/.test(name)),
  );
}
