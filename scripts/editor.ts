import { execa } from 'execa';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { defaultCacheFolder } from '../server/client/dataFolder.ts';
import { messageOf } from '../server/protocol/errors.ts';
import { openServer, quietSettings } from '../test/support/workbenchServer.ts';
import { build, projectFolder } from './build.ts';
import { ensureVscodeHost } from './vscodeHost.ts';

/**
 * `npm run editor [-- --port N]`: the real VS Code workbench with this extension, on the examples, for the user's own
 * browser. Its settings stay for the next time. Ends at Ctrl-C.
 */
async function main(): Promise<void> {
  const port = wantedPort();
  const host = await ensureVscodeHost();
  console.log('Building the extension ...');
  await build({ production: false });
  const dataFolder = join(defaultCacheFolder(process.env), 'editor');
  const isFirst = !existsSync(join(dataFolder, 'data', 'User', 'settings.json'));
  const server = await openServer({
    host,
    dataFolder,
    extensions: [projectFolder],
    ...(isFirst ? { settings: quietSettings } : {}),
    ...(port === undefined ? {} : { port }),
  });
  const url = server.url({ folder: join(projectFolder, 'examples') });
  console.log(`
VS Code ${host.version} with Sparkdeck is open on the examples. In a browser on this machine, go to

    ${url}

The address holds the key: only who has it gets in. Ctrl-C ends the editor; jobs and clusters go on (npm stop ends them).
`);
  openBrowser(url);
  await server.ended;
  throw new Error(`VS Code's server has ended. See ${join(dataFolder, 'server.log')}.`);
}

function wantedPort(): number | undefined {
  const { values } = parseArgs({ options: { port: { type: 'string' } } });
  if (values.port === undefined) return undefined;
  const port = Number(values.port);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new Error(`--port takes a number from 1 to 65535, not ${values.port}.`);
}

/** Where there is a desktop. When it doesn't work, the address is on the screen. */
function openBrowser(url: string): void {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (process.platform !== 'darwin' && !DISPLAY && !WAYLAND_DISPLAY) return;
  const program = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const opened = execa(program, [url], { detached: true, stdio: 'ignore', cleanup: false, reject: false });
  opened.unref();
}

await main().catch((error: unknown) => {
  console.error(messageOf(error));
  process.exitCode = 1;
});
