import type { Cluster } from '../protocol/cluster.ts';

/** So long before its end the owner of a cluster is told, in milliseconds; of one with a short life, a fifth of that. */
const longestWarning = 15 * 60_000;
const warnedPart = 0.2;

/** What is to be done about the end of a cluster that runs: tell its owner, or stop it, both with these words. */
export type ExpiryStep = { step: 'warn' | 'stop'; notice: string };

export function expiryStep(
  { expiresAt, createdAt, notice }: Pick<Cluster, 'expiresAt' | 'createdAt' | 'notice'>,
  now: number,
): ExpiryStep | undefined {
  if (expiresAt === undefined) return undefined;
  const at = new Date(expiresAt).toISOString();
  if (now >= expiresAt) return { step: 'stop', notice: `It was stopped since its time was over at ${at}.` };
  const warning = Math.min(longestWarning, (expiresAt - createdAt) * warnedPart);
  if (notice !== undefined || now < expiresAt - warning) return undefined;
  return {
    step: 'warn',
    notice: `It will be stopped at ${at}, with what runs on it then. Extend its time to keep it.`,
  };
}
