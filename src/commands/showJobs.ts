import * as vscode from 'vscode';
import { newestActive } from '../deck/batches.ts';
import type { Command } from './services.ts';
import { subjectOf } from './subjects.ts';

export const showJobs: Command = {
  id: 'sparkdeck.showJobs',
  async run({ deck, jobsView }) {
    await vscode.commands.executeCommand('sparkdeck.jobs.focus');
    const newest = newestActive(deck.batches);
    if (newest) await jobsView.reveal(newest, { focus: true });
  },
};

export const showJobOfApplication: Command = {
  id: 'sparkdeck.showJobOfApplication',
  async run(services, arg) {
    const subject = subjectOf(services, arg);
    if (subject?.kind !== 'application' || subject.application.batchId === undefined) return;
    const batch = services.deck.batch(subject.application.batchId);
    if (batch) await services.jobsView.reveal(batch, { focus: true });
  },
};

export const showOlderJobs: Command = {
  id: 'sparkdeck.showOlderJobs',
  run: ({ deck }) => deck.showMore(),
};
