import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../../server', import.meta.url));

/** Runs a program of Node in a process that may have few files open, all of which are in use when it says `full()`. */
function withFewFiles(program: string): string {
  const whole = `
    import { openSync, closeSync } from 'node:fs';
    import { stayUp } from '${folder}/process/stayUp.ts';
    stayUp(line => console.log('log:', line));
    const held = [];
    const full = () => { try { for (;;) held.push(openSync('/dev/null', 'r')); } catch {} };
    const free = () => { for (const file of held.splice(0)) closeSync(file); };
    ${program}
    free();
    await new Promise(resolve => setTimeout(resolve, 50));
    console.log('goes on');`;
  return execFileSync(
    '/bin/sh',
    ['-c', 'ulimit -n 100; exec "$0" --input-type=module-typescript -e "$1"', process.execPath, whole],
    { encoding: 'utf8' },
  );
}

describe('process: no file is left to open', () => {
  it('a probe of a runtime says that its program could not be started', () => {
    const said = withFewFiles(`
      const { runProbe } = await import('${folder}/runtimes/runProbe.ts');
      full();
      console.log(JSON.stringify(await runProbe('/bin/true', [], {})));
      free();
      console.log(JSON.stringify(await runProbe('/bin/true', [], {})));`);
    assert.match(said, /"ok":false.*EMFILE[^]*"ok":true[^]*goes on\n$/);
  });

  it('an install and what learns from a program fail, and can be done again', () => {
    const said = withFewFiles(`
      const { runInGroup } = await import('${folder}/runtimes/processGroup.ts');
      const { signal } = new AbortController();
      const run = () => runInGroup('/bin/echo', ['here'], { env: {}, cwd: '/', signal });
      full();
      await run().catch(error => console.log('failed:', error.code));
      free();
      console.log((await run()).lines.join());`);
    assert.match(said, /failed: EMFILE\nhere\n[^]*goes on\n$/);
  });

  it('a child process whose error nobody hears does not end the backend', () => {
    const said = withFewFiles(`
      const { spawn } = await import('node:child_process');
      full();
      spawn('/bin/true');
      await new Promise(resolve => setTimeout(resolve, 20));`);
    assert.match(said, /log: a program was not started: spawn \/bin\/true EMFILE\ngoes on\n$/);
  });

  it('a socket that listens goes on accepting afterwards', () => {
    const said = withFewFiles(`
      const net = await import('node:net');
      const { Door } = await import('${folder}/api/rpc/listen.ts');
      const door = new Door({ handlers: {}, log: line => console.log('log:', line), onLeave: () => {} });
      const path = '/tmp/sparkdeck-few-' + process.pid;
      await door.open(path);
      const connect = () => new Promise(resolve => {
        const socket = net.connect(path).on('connect', () => resolve('connected')).on('error', error => resolve(error.code));
        socket.unref();
      });
      full();
      await connect();
      free();
      console.log(await connect());
      await door.close();`);
    assert.match(said, /connected\n[^]*goes on\n$/);
  });
});
