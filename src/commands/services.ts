import type * as vscode from 'vscode';
import type { Backend } from '../backend/backend.ts';
import type { Deck } from '../deck/deck.ts';
import type { DoctorPage } from '../doctor/doctorPage.ts';
import type { LogTerminals } from '../log/logTerminals.ts';
import type { Problems } from '../problems/problems.ts';
import type { SubmitMemory } from '../submit/submitMemory.ts';
import type { ClustersView } from '../tree/clustersView.ts';
import type { JobsView } from '../tree/jobsView.ts';

/** What commands work with; made once, in extension.ts. */
export interface Services {
  backend: Backend;
  deck: Deck;
  clustersView: ClustersView;
  jobsView: JobsView;
  logs: LogTerminals;
  problems: Problems;
  memory: SubmitMemory;
  doctor: DoctorPage;
  output: vscode.LogOutputChannel;
}

/** One command. `args` are whatever VS Code or another extension calls it with, so they are not trusted. */
export interface Command {
  id: `sparkdeck.${string}`;
  /** It runs code of the workspace, or of the machine in its name. */
  needsTrust?: true;
  run(services: Services, ...args: unknown[]): Promise<void>;
}
