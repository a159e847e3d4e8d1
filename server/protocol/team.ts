import { Type, type Static } from 'typebox';
import { MemorySize } from './cluster.ts';

export const TeamName = Type.String({
  pattern: '^[A-Za-z0-9]([A-Za-z0-9._-]{0,62}[A-Za-z0-9])?$',
  description: 'Letters, digits, dots, underscores and hyphens; 64 at most.',
});

export const roles = ['viewer', 'submitter', 'admin'] as const;
/**
 * What a token may do: a viewer looks, a submitter also submits, kills, reruns and removes batches and uploads files, an
 * admin also has clusters made and puts batches at another place of the queue. An admin of no team may do everything.
 */
export const Role = Type.Enum([...roles]);
export type Role = Static<typeof Role>;

/** A token as it is kept: what it was is known to its holder alone. Times in milliseconds since 1970. */
export const Token = Type.Object({
  id: Type.Integer(),
  name: Type.Optional(Type.String({ description: 'Whose it is, or what for.' })),
  team: Type.Optional(Type.String({ description: 'Absent: it sees the things of all teams.' })),
  role: Role,
  createdAt: Type.Integer(),
  revokedAt: Type.Optional(Type.Integer()),
});
export type Token = Static<typeof Token>;

export const NewToken = Type.Object(
  {
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 100, pattern: '^[^\\x00-\\x1f\\x7f]+$' })),
    team: Type.Optional(TeamName),
    role: Role,
  },
  { additionalProperties: false },
);
export type NewToken = Static<typeof NewToken>;

/** What a team's batches may use together while they run; what is absent has no limit. */
export const Quota = Type.Object(
  {
    batches: Type.Optional(Type.Integer({ minimum: 1, description: 'that run at once' })),
    cores: Type.Optional(Type.Integer({ minimum: 1 })),
    memory: Type.Optional(MemorySize),
  },
  { additionalProperties: false },
);
export type Quota = Static<typeof Quota>;

/** What batches take while they run, as far as their requests tell: drivers and executors together. */
export const Usage = Type.Object({
  batches: Type.Integer(),
  cores: Type.Integer(),
  memory: Type.Integer({ description: 'bytes' }),
});
export type Usage = Static<typeof Usage>;

export const Team = Type.Object({ name: Type.String(), quota: Quota, usage: Usage });
export type Team = Static<typeof Team>;

/** Who did what. */
export const AuditEntry = Type.Object({
  id: Type.Integer(),
  at: Type.Integer({ description: 'milliseconds since 1970' }),
  who: Type.String({
    description: '"owner" for the editor and the command line, "backend" for itself, else the token',
  }),
  team: Type.Optional(Type.String()),
  action: Type.String({ description: 'as batch/submit' }),
  subject: Type.Optional(Type.String({ description: 'of what: a batch, a cluster, a file' })),
  outcome: Type.String({ description: '"done", or the code of the error' }),
});
export type AuditEntry = Static<typeof AuditEntry>;
