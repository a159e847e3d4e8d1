import { Type, type Static } from 'typebox';
import { longestPath } from './bounds.ts';

/** A Java that was found. `version` is the feature release: 17 for "17.0.15". */
export const Java = Type.Object({
  home: Type.String(),
  version: Type.Integer(),
  fullVersion: Type.String(),
  source: Type.String({ description: 'How it was found: "setting", "JAVA_HOME", "PATH", or a folder.' }),
});
export type Java = Static<typeof Java>;

export const Python = Type.Object({
  path: Type.String(),
  version: Type.String({ description: 'For example "3.11.7".' }),
  source: Type.String({ description: 'How it was found: "setting", "PYSPARK_PYTHON", "PATH", "managed".' }),
});
export type Python = Static<typeof Python>;

export const Spark = Type.Object({
  home: Type.String({ description: 'SPARK_HOME: the folder with bin/spark-submit and jars.' }),
  version: Type.String({ description: 'For example "4.3.0".' }),
  source: Type.Enum(['setting', 'SPARK_HOME', 'pyspark', 'managed']),
});
export type Spark = Static<typeof Spark>;

/** What a batch starts with: three programs that fit together. */
export const Runtime = Type.Object({ java: Java, spark: Spark, python: Python });
export type Runtime = Static<typeof Runtime>;

/** What the user asked for. What is absent is looked for. A given path that doesn't serve is an error, never ignored. */
export const RuntimePreference = Type.Object(
  {
    javaHome: Type.Optional(Type.String({ minLength: 1, maxLength: longestPath })),
    sparkHome: Type.Optional(Type.String({ minLength: 1, maxLength: longestPath })),
    python: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: longestPath,
        description: 'A Python interpreter: path or name on PATH.',
      }),
    ),
    sparkVersion: Type.Optional(
      Type.String({
        pattern: '^\\d+\\.\\d+\\.\\d+$',
        maxLength: 20,
        description: 'The version of a managed runtime, "4.3.0".',
      }),
    ),
  },
  { additionalProperties: false },
);
export type RuntimePreference = Static<typeof RuntimePreference>;

/** One thing that is wrong or worth knowing, and what to do about it. */
export const Finding = Type.Object({
  level: Type.Enum(['error', 'warning', 'info']),
  subject: Type.Enum(['java', 'python', 'spark', 'fit', 'machine', 'folder']),
  message: Type.String(),
  advice: Type.Optional(Type.String({ description: 'The next step: a sentence or a command to type.' })),
});
export type Finding = Static<typeof Finding>;

export const DoctorReport = Type.Object({
  javas: Type.Array(Java),
  pythons: Type.Array(Python),
  sparks: Type.Array(Spark),
  runtime: Type.Optional(Runtime),
  installable: Type.Optional(
    Type.String({
      description: "The Spark version that a managed install would bring on this machine's Python and Java.",
    }),
  ),
  findings: Type.Array(Finding),
  machine: Type.Object({
    platform: Type.String(),
    cores: Type.Integer(),
    memory: Type.Integer({ description: 'bytes' }),
  }),
});
export type DoctorReport = Static<typeof DoctorReport>;

/** How far a managed install is. */
export const InstallProgress = Type.Object({
  step: Type.Enum(['venv', 'download', 'install', 'check', 'done']),
  message: Type.String(),
  fraction: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
});
export type InstallProgress = Static<typeof InstallProgress>;
