import { Type, type Static } from 'typebox';

const place = { file: Type.String(), line: Type.Integer() };

export const ReportedError = Type.Object({
  role: Type.Enum(['uncaught', 'member', 'before'], {
    description: 'It ended the program, is a member of the group that did, or led to it.',
  }),
  module: Type.String(),
  type: Type.String({ description: 'its qualified name within the module' }),
  message: Type.String(),
  notes: Type.Array(Type.String(), { maxItems: 10 }),
  frames: Type.Array(
    Type.Object({
      ...place,
      name: Type.String(),
      bytes: Type.Optional(
        Type.Array(Type.Integer(), {
          minItems: 2,
          maxItems: 2,
          description: 'what of the line it was: start and end in its UTF-8',
        }),
      ),
    }),
    { maxItems: 120, description: 'outermost first, without the middle of a deep recursion' },
  ),
  syntax: Type.Optional(
    Type.Object(
      { ...place, column: Type.Optional(Type.Integer()), endColumn: Type.Optional(Type.Integer()) },
      { description: 'where the compiler points; the first column is 1, in characters' },
    ),
  ),
});
export type ReportedError = Static<typeof ReportedError>;

/** How a Python driver ended, as startup/driver_report.py writes it down; the limits are those that it keeps to. */
export const DriverReport = Type.Object({
  version: Type.Literal(1),
  cwd: Type.String({ description: 'its working folder at the start' }),
  errors: Type.Array(ReportedError, {
    maxItems: 12,
    description: 'The uncaught error first. Empty when the program ended by itself, as by sys.exit.',
  }),
});
export type DriverReport = Static<typeof DriverReport>;
