import { appendFileSync } from 'node:fs';

/**
 * Loaded into a backend by `node --import`: notes each turn of its event loop that took long, a line with its
 * milliseconds. It is the CPU time of the main thread between two looks of a timer that is due every ten milliseconds: what
 * other programs of the machine take doesn't count.
 */
const file = process.env['SPARKDECK_TURN_METER'];
/** Milliseconds. */
const worthNoting = 20;

if (file !== undefined) {
  let before = used();
  setInterval(() => {
    const now = used();
    if (now - before >= worthNoting) appendFileSync(file, `${Math.round(now - before)}\n`);
    before = used();
  }, 10).unref();
}

function used() {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
