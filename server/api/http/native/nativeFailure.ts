import { Type } from 'typebox';

/** The body of every error of Sparkdeck's own interface. */
export const NativeFailure = Type.Object({
  code: Type.String({ description: 'for programs, as batch.missing' }),
  message: Type.String({ description: 'for a person: what happened and what to do next' }),
});
