import * as vscode from 'vscode';
import type { DoctorReport } from '../../server/protocol/runtime.ts';
import type { Backend } from '../backend/backend.ts';
import { coalesced } from '../deck/coalesced.ts';
import type { Deck } from '../deck/deck.ts';
import { settings, touches } from '../settings/settings.ts';
import type { ClustersView } from './clustersView.ts';
import type { ContextKeeper } from './contextKeys.ts';
import type { JobsView } from './jobsView.ts';

/** Finds out whether there are a Java and a Spark, when an empty view is to say what to do first. */
export function keepRuntimeKnown(
  backend: Backend,
  deck: Deck,
  views: { clusters: ClustersView; jobs: JobsView },
  keys: ContextKeeper,
): vscode.Disposable {
  let known = false;
  const read = coalesced(async () => {
    const empty =
      (views.clusters.visible && deck.clusters.length === 0) ||
      (views.jobs.visible && deck.batches.length === 0);
    if (known || !deck.ready || !empty) return;
    const report = await backend.request('runtime/doctor', settings.runtime() ?? {});
    known = true;
    keys.set('sparkdeck.runtime', runtimeState(report));
  });
  const look = (): void => void read().catch(() => undefined);
  const lookAnew = (): void => {
    known = false;
    look();
  };
  deck.events.on('clusters', look);
  deck.events.on('batches', look);
  deck.events.on('runtime', lookAnew);
  return vscode.Disposable.from(
    views.clusters.onDidChangeVisibility(look),
    views.jobs.onDidChangeVisibility(look),
    vscode.workspace.onDidChangeConfiguration(event => {
      if (touches(event, 'javaHome', 'sparkHome', 'python', 'sparkVersion')) lookAnew();
    }),
  );
}

export function runtimeState(report: DoctorReport): 'found' | 'noJava' | 'noSpark' {
  if (report.runtime) return 'found';
  return report.findings.some(({ level, subject }) => level === 'error' && subject === 'java')
    ? 'noJava'
    : 'noSpark';
}
