import { Type, type Static } from 'typebox';

/** A file that was uploaded. A request names it as `upload:NAME`, wherever it names files. */
export const Upload = Type.Object({
  name: Type.String(),
  bytes: Type.Integer(),
  at: Type.Integer({ description: 'milliseconds since 1970' }),
});
export type Upload = Static<typeof Upload>;

export const UploadName = Type.String({
  pattern: '^[^./\\\\,#\\x00-\\x1f\\x7f][^/\\\\,#\\x00-\\x1f\\x7f]*$',
  maxLength: 200,
  description: 'A file name without a folder; no comma, no #, no dot in front.',
});
