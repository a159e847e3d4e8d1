import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { startCluster } from '../commands/startCluster.ts';
import type { Services } from '../commands/services.ts';
import { askChoice, back, type Answer, type Choice, type StepFrame } from '../input/inputSteps.ts';
import { clusterDescription } from '../tree/descriptions.ts';
import type { Target } from './target.ts';

const startNew = Symbol('start a cluster');

/** Asks where to run; a cluster that is started for it is awaited. Throws vscode.CancellationError. */
export async function pickTarget(
  services: Services,
  last: Target | undefined,
  frame: StepFrame,
): Promise<Answer<Target>> {
  const running = services.deck.clusters.filter(({ state }) => state === 'running');
  const choices: Choice<Target | typeof startNew>[] = [
    ...running.map(cluster => ({
      label: `$(server-environment) ${cluster.spec.name}`,
      description: clusterDescription(cluster),
      value: { kind: 'cluster' as const, name: cluster.spec.name },
    })),
    { label: `$(add) ${l10n.t('Start a local cluster…')}`, value: startNew },
    {
      label: `$(vm) ${l10n.t('Run in local mode, without a cluster')}`,
      description: l10n.t('driver and tasks in one process'),
      value: { kind: 'local' },
    },
  ];
  const answer = await askChoice({
    frame,
    placeholder: l10n.t('Where is it to run?'),
    choices,
    active: choices.find(({ value }) => value !== startNew && sameTarget(value, last)),
  });
  if (answer === back) return back;
  if (answer !== startNew) return answer;
  const cluster = await startCluster(services);
  if (!cluster) throw new vscode.CancellationError();
  return { kind: 'cluster', name: cluster.spec.name };
}

function sameTarget(some: Target, other: Target | undefined): boolean {
  if (some.kind === 'local' || other?.kind !== 'cluster') return some.kind === other?.kind;
  return some.name === other.name;
}
