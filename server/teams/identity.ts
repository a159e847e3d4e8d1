import { SparkdeckError } from '../protocol/errors.ts';
import { roles, type Role } from '../protocol/team.ts';

/** Who asks, and for whom. */
export interface Identity {
  /** For the log and the audit record; nothing secret. */
  readonly who: string;
  /** Absent: all teams' things are his. */
  readonly team?: string;
  readonly role: Role;
}

/** Whoever has the data folder's socket, as the editor and the command line have. */
export const owner: Identity = { who: 'owner', role: 'admin' };

/** The backend itself, in what it does unasked with a team's things. */
export function itself(team: string | undefined): Identity {
  return { who: 'backend', ...(team !== undefined && { team }), role: 'admin' };
}

/** @throws SparkdeckError token.forbidden */
export function requireRole(identity: Identity, role: Role, what: string): void {
  if (roles.indexOf(identity.role) >= roles.indexOf(role)) return;
  throw new SparkdeckError(
    'token.forbidden',
    `To ${what}, a token with the role ${role} is needed; yours is a ${identity.role}'s. Ask whoever gave it to you.`,
  );
}

/** @throws SparkdeckError token.forbidden */
export function requireOperator(identity: Identity, what: string): void {
  if (identity.team === undefined) return requireRole(identity, 'admin', what);
  throw new SparkdeckError(
    'token.forbidden',
    `To ${what}, a token of an admin without a team is needed, since it concerns all teams.`,
  );
}

/** @throws SparkdeckError token.forbidden for who asks in the name of another team */
export function requireTeam(identity: Identity, team: string | undefined): void {
  if (team === undefined || sees(identity, team)) return;
  throw new SparkdeckError(
    'token.forbidden',
    `Your token is the team ${identity.team}'s, so it can't be used for ${team}. Name your own team, or ask for another token.`,
  );
}

/** Whether the things of this team are his to see. */
export function sees(identity: Identity, team: string | undefined): boolean {
  return identity.team === undefined || identity.team === team;
}
