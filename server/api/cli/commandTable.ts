import { audit } from './audit.ts';
import type { CliCommand } from './cli.ts';
import { clusters } from './clusters/clusters.ts';
import { doctor } from './doctor.ts';
import { kill } from './kill.ts';
import { list } from './list.ts';
import { logs } from './logs.ts';
import { move } from './move.ts';
import { problems } from './problems.ts';
import { remove } from './remove.ts';
import { rerun } from './rerun.ts';
import { runtime } from './runtime.ts';
import { serve } from './serve.ts';
import { settings } from './settings.ts';
import { show } from './show.ts';
import { stop } from './stop.ts';
import { submit } from './submit.ts';
import { teams } from './teams.ts';
import { tokens } from './tokens.ts';

/** Every command, in the order of the help. */
export const commandTable: readonly CliCommand[] = [
  submit,
  list,
  show,
  logs,
  problems,
  kill,
  move,
  rerun,
  remove,
  clusters,
  runtime,
  doctor,
  settings,
  tokens,
  teams,
  audit,
  stop,
  serve,
];
