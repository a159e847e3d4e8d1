import { Type, type Static } from 'typebox';

export const streams = ['stdout', 'stderr'] as const;
export const Stream = Type.Enum([...streams]);
export type Stream = Static<typeof Stream>;

/** A place in both files, in bytes. */
export const LogPosition = Type.Object({
  stdout: Type.Integer({ minimum: 0 }),
  stderr: Type.Integer({ minimum: 0 }),
});
export type LogPosition = Static<typeof LogPosition>;

/**
 * A reader pulls: it asks for what comes after a position, at most `limit` bytes, and with `wait` the answer comes when
 * there is something or the batch has ended. So a slow reader holds nothing up, and after a backend's restart it goes
 * on where it was. `tail` in place of `from` starts that many bytes before the end of each file, at a line's beginning.
 */
export const LogReadParams = Type.Object(
  {
    id: Type.Integer(),
    from: Type.Optional(LogPosition),
    tail: Type.Optional(Type.Integer({ minimum: 0, description: 'bytes of each file' })),
    streams: Type.Optional(Type.Array(Stream, { minItems: 1, maxItems: 2 })),
    limit: Type.Optional(
      Type.Integer({ minimum: 1024, maximum: 4 * 1024 * 1024, description: 'bytes; 256 KiB unless given' }),
    ),
    wait: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);
export type LogReadParams = Static<typeof LogReadParams>;

export const LogReadResult = Type.Object({
  chunks: Type.Array(Type.Object({ stream: Stream, text: Type.String() })),
  skipped: Type.Integer({ description: 'bytes before the first chunk that `tail` left out, of all streams' }),
  next: LogPosition,
  ended: Type.Boolean({ description: 'The batch has ended and everything has been read.' }),
});
export type LogReadResult = Static<typeof LogReadResult>;

/**
 * For a client on the same machine, which reads the files itself: the bytes as they are, and cheaper than `log/read`. With `wait`
 * the answer comes when a file is no longer as long as `from` says, or the batch has ended.
 */
export const LogFilesParams = Type.Object(
  {
    id: Type.Integer(),
    from: LogPosition,
    streams: Type.Optional(Type.Array(Stream, { minItems: 1, maxItems: 2 })),
    wait: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);
export type LogFilesParams = Static<typeof LogFilesParams>;

export const LogFilesResult = Type.Object({
  files: Type.Object(
    { stdout: Type.String(), stderr: Type.String() },
    { description: 'absolute paths; a file that was not begun is not there' },
  ),
  ended: Type.Boolean({ description: 'The batch has ended: nothing more will be added.' }),
});
export type LogFilesResult = Static<typeof LogFilesResult>;

/** Looks for a text in one stream. To go on, `from` is the `next` of the answer before. */
export const LogSearchParams = Type.Object(
  {
    id: Type.Integer(),
    stream: Stream,
    query: Type.String({ minLength: 1, maxLength: 1000 }),
    matchCase: Type.Optional(Type.Boolean()),
    from: Type.Optional(Type.Integer({ minimum: 0, description: 'bytes' })),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 10_000, description: 'matches; 200 unless given' }),
    ),
  },
  { additionalProperties: false },
);
export type LogSearchParams = Static<typeof LogSearchParams>;

export const LogSearchResult = Type.Object({
  matches: Type.Array(
    Type.Object({
      position: Type.Integer({ description: "of the line's first byte" }),
      line: Type.String({ description: 'its first 500 characters' }),
    }),
  ),
  next: Type.Integer(),
  ended: Type.Boolean({ description: 'The end of the file was reached.' }),
});
export type LogSearchResult = Static<typeof LogSearchResult>;
