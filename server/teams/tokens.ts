import { hash as sumOf, randomBytes } from 'node:crypto';
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { Value } from 'typebox/value';
import { SparkdeckError } from '../protocol/errors.ts';
import { Token, type NewToken } from '../protocol/team.ts';
import { writeRow } from '../store/transact.ts';
import type { Identity } from './identity.ts';

/** By this, scanners for secrets recognise one. */
const prefix = 'sparkdeck_';

/** So many are known without a look into the table. */
const mostKnown = 1000;

/** Who has a token, and what aborts when it is revoked: with an error that says so. */
export interface Bearer {
  identity: Identity;
  revoked: AbortSignal;
}

/**
 * The tokens of a data folder. Only their SHA-256 is kept. A slow hash would protect what people choose and others may
 * guess; of 256 random bits nothing can be guessed, and a slow hash would cost its time at each request.
 */
export class Tokens {
  readonly #database: DatabaseSync;
  /** Of those that were shown since the start, by their id. */
  readonly #shown = new Map<number, AbortController>();
  /** Of those that were shown last, by their hash. Every revocation goes through here, so none holds longer than its token. */
  readonly #known = new Map<string, { id: number; bearer: Bearer }>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** @returns the token itself too: it can't be shown again */
  create({ name, team, role }: NewToken): { token: string; entry: Token } {
    const token = `${prefix}${randomBytes(32).toString('base64url')}`;
    const row = writeRow(
      this.#database,
      'INSERT INTO tokens (hash, name, team, role, created_at) VALUES (?, ?, ?, ?, ?) RETURNING *',
      [hashOf(token), name ?? null, team ?? null, role, Date.now()],
    );
    return { token, entry: toToken(row) };
  }

  list(): Token[] {
    return this.#database.prepare('SELECT * FROM tokens ORDER BY id').all().map(toToken);
  }

  /** What goes on in its name ends. @throws SparkdeckError token.missing */
  revoke(id: number): Token {
    const row = this.#database.prepare('SELECT * FROM tokens WHERE id = ?').get(id);
    if (!row) {
      throw new SparkdeckError('token.missing', `There is no token ${id}. Type: sparkdeck tokens list`);
    }
    const revoked = toToken(
      writeRow(
        this.#database,
        'UPDATE tokens SET revoked_at = coalesce(revoked_at, ?) WHERE id = ? RETURNING *',
        [Date.now(), id],
      ),
    );
    for (const [hash, known] of this.#known) if (known.id === id) this.#known.delete(hash);
    const message = 'This token was revoked. Whoever runs the backend makes another: sparkdeck tokens create';
    this.#shown.get(id)?.abort(new SparkdeckError('token.absent', message));
    this.#shown.delete(id);
    return revoked;
  }

  /** Whose a token is; undefined when it is nobody's, or was revoked. Found by its hash, so no comparison can be timed. */
  identify(token: string): Bearer | undefined {
    const hash = hashOf(token);
    const known = this.#known.get(hash);
    if (known) return known.bearer;
    const row = this.#database
      .prepare('SELECT * FROM tokens WHERE hash = ? AND revoked_at IS NULL')
      .get(hash);
    if (!row) return undefined;
    const { id, name, team, role } = toToken(row);
    const shown = this.#shown.get(id) ?? new AbortController();
    this.#shown.set(id, shown);
    const who = `token ${id}${name === undefined ? '' : ` (${name})`}`;
    const bearer = { identity: { who, ...(team !== undefined && { team }), role }, revoked: shown.signal };
    const [oldest] = this.#known.keys();
    if (this.#known.size >= mostKnown && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(hash, { id, bearer });
    return bearer;
  }
}

function hashOf(token: string): string {
  return sumOf('sha256', token, 'hex');
}

function toToken(row: Record<string, SQLOutputValue>): Token {
  return Value.Parse(Token, {
    id: row['id'],
    ...(row['name'] !== null && { name: row['name'] }),
    ...(row['team'] !== null && { team: row['team'] }),
    role: row['role'],
    createdAt: row['created_at'],
    ...(row['revoked_at'] !== null && { revokedAt: row['revoked_at'] }),
  });
}
