import { Type, type Static } from 'typebox';

/** What holds for a whole data folder. What is absent has no limit, except `maxRunning`. */
export const Settings = Type.Object(
  {
    maxRunning: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1000,
        description:
          "Batches that run at once; the others wait in a queue. The machine's cores, at least 2, unless given.",
      }),
    ),
    keepCount: Type.Optional(Type.Integer({ minimum: 0, description: 'Ended batches kept, the newest.' })),
    keepDays: Type.Optional(
      Type.Number({ minimum: 0, description: 'Days for which an ended batch is kept.' }),
    ),
    keepBytes: Type.Optional(
      Type.Integer({ minimum: 0, description: 'Bytes that the logs of ended batches may take together.' }),
    ),
  },
  { additionalProperties: false },
);
export type Settings = Static<typeof Settings>;
