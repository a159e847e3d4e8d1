import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Value } from 'typebox/value';
import { StartWay } from '../protocol/timing.ts';

/** Beside the logs, for whoever asks later how the driver was started. */
export function writeWay(folder: string, way: StartWay): void {
  writeFileSync(join(folder, fileName), JSON.stringify(way), { mode: 0o600 });
}

/** Undefined for a batch that hasn't started, or was started by a version that wrote none. */
export function readWay(folder: string): StartWay | undefined {
  try {
    return Value.Parse(StartWay, JSON.parse(readFileSync(join(folder, fileName), 'utf8')));
  } catch {
    return undefined;
  }
}

const fileName = 'start.json';
