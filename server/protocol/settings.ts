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
    uploadBytes: Type.Optional(
      Type.Integer({
        minimum: 0,
        description: 'Bytes that the uploaded files of a team may take together. 20 GiB unless given.',
      }),
    ),
    directLaunch: Type.Optional(
      Type.Boolean({
        description:
          "Start drivers by the command that spark-submit makes in the end, without spark-submit's own JVM. On unless given.",
      }),
    ),
    classSharing: Type.Optional(
      Type.Boolean({
        description:
          'Make, while nothing runs, an archive of the classes that Spark loads, and start its JVMs with it. On unless given.',
      }),
    ),
    warmDrivers: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 16,
        description:
          'Drivers that are kept ready for the next run of a .py, with its memory and folder. 1 unless given; 0 with less than 8 GiB of memory or 2 cores.',
      }),
    ),
  },
  { additionalProperties: false },
);
export type Settings = Static<typeof Settings>;
