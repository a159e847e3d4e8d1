import { Type, type Static, type TSchema } from 'typebox';
import { Value } from 'typebox/value';
import type { Interest } from './eventLines.ts';
import { readTaskFigures, type TaskFigures } from './taskFigures.ts';

/** The events of Spark's event log that say how far an application is, with what we read of them. */
export type SparkEvent =
  | { kind: 'environment'; submittedAt: number }
  | { kind: 'applicationStart'; appId?: string; appName: string; at: number }
  | { kind: 'applicationEnd'; at: number }
  | { kind: 'jobStart'; jobId: number; at: number; stages: StageInfo[]; description?: string }
  | { kind: 'jobEnd'; jobId: number; at: number; succeeded: boolean }
  | { kind: 'stageSubmitted'; stage: StageInfo }
  | { kind: 'stageCompleted'; stage: StageInfo }
  /** With the time of an application's first task alone: nobody asks for those of the others, and they may be millions. */
  | { kind: 'taskStart'; stageId: number; attempt: number; launchedAt?: number }
  | { kind: 'taskEnd'; stageId: number; attempt: number; reason: string; task?: TaskFigures }
  | { kind: 'executorAdded'; executorId: string; at: number; host: string; cores: number }
  | { kind: 'blockManagerAdded'; executorId: string; at: number }
  | { kind: 'executorRemoved'; executorId: string; at: number; reason?: string };

export interface StageInfo {
  id: number;
  attempt: number;
  name: string;
  tasks: number;
  parents: number[];
  submittedAt?: number;
  completedAt?: number;
  failure?: string;
}

/** How much of a line `readSparkEvent` needs. Of the start of a task, of which there may be millions, it is the beginning. */
export function interestIn(head: string): Interest {
  const name = eventName(head);
  if (name === undefined) return 'none';
  if (name === 'SparkListenerTaskStart') return 'head';
  if (name === 'SparkListenerTaskEnd') return 'whole';
  return readers.has(name) ? 'whole' : 'none';
}

/** Reads one line of an event log; undefined when it is of another kind, or not what Spark writes. */
export function readSparkEvent(line: string): SparkEvent | undefined {
  const name = eventName(line);
  if (name === 'SparkListenerTaskStart') return readTaskStart(line);
  if (name === 'SparkListenerTaskEnd') return readTaskEnd(line);
  const read = name === undefined ? undefined : readers.get(name);
  if (!read) return undefined;
  try {
    return read(JSON.parse(line));
  } catch {
    // Cut off in the middle by a full disk, for example. One lost event is better than no progress at all.
    return undefined;
  }
}

function eventName(line: string): string | undefined {
  if (!line.startsWith(beginning)) return undefined;
  const end = line.indexOf('"', beginning.length);
  return end < 0 ? undefined : line.slice(beginning.length, end);
}

const beginning = '{"Event":"';

function readTaskStart(line: string): SparkEvent | undefined {
  const match =
    /"Stage ID":(\d+),"Stage Attempt ID":(\d+)(?:,"Task Info":\{"Task ID":0,.*?"Launch Time":(\d+))?/.exec(
      line,
    );
  if (!match) return undefined;
  const start = { kind: 'taskStart', stageId: Number(match[1]), attempt: Number(match[2]) } as const;
  return match[3] === undefined ? start : { ...start, launchedAt: Number(match[3]) };
}

function readTaskEnd(line: string): SparkEvent | undefined {
  const match =
    /"Stage ID":(\d+),"Stage Attempt ID":(\d+),"Task Type":"\w*","Task End Reason":\{"Reason":"(\w+)"/.exec(
      line,
    );
  if (!match) return undefined;
  const task = readTaskFigures(line);
  return {
    kind: 'taskEnd',
    stageId: Number(match[1]),
    attempt: Number(match[2]),
    reason: match[3] ?? '',
    ...(task && { task }),
  };
}

const Stage = Type.Object({
  'Stage ID': Type.Integer(),
  'Stage Attempt ID': Type.Integer(),
  'Stage Name': Type.String(),
  'Number of Tasks': Type.Integer(),
  'Parent IDs': Type.Array(Type.Integer()),
  'Submission Time': Type.Optional(Type.Integer()),
  'Completion Time': Type.Optional(Type.Integer()),
  'Failure Reason': Type.Optional(Type.String()),
});

function stageInfo(stage: Static<typeof Stage>): StageInfo {
  return {
    id: stage['Stage ID'],
    attempt: stage['Stage Attempt ID'],
    name: stage['Stage Name'],
    tasks: stage['Number of Tasks'],
    parents: stage['Parent IDs'],
    ...(stage['Submission Time'] === undefined ? {} : { submittedAt: stage['Submission Time'] }),
    ...(stage['Completion Time'] === undefined ? {} : { completedAt: stage['Completion Time'] }),
    ...(stage['Failure Reason'] === undefined ? {} : { failure: stage['Failure Reason'] }),
  };
}

function reader<S extends TSchema>(
  schema: S,
  read: (event: Static<S>) => SparkEvent,
): (value: unknown) => SparkEvent | undefined {
  return value => (Value.Check(schema, value) ? read(value) : undefined);
}

const readers = new Map(
  Object.entries({
    SparkListenerEnvironmentUpdate: reader(
      Type.Object({
        'Spark Properties': Type.Object({
          'spark.app.submitTime': Type.String({ pattern: String.raw`^\d+$` }),
        }),
      }),
      event => ({
        kind: 'environment',
        submittedAt: Number(event['Spark Properties']['spark.app.submitTime']),
      }),
    ),
    SparkListenerApplicationStart: reader(
      Type.Object({
        'App ID': Type.Optional(Type.String()),
        'App Name': Type.String(),
        Timestamp: Type.Integer(),
      }),
      event => ({
        kind: 'applicationStart',
        ...(event['App ID'] === undefined ? {} : { appId: event['App ID'] }),
        appName: event['App Name'],
        at: event.Timestamp,
      }),
    ),
    SparkListenerApplicationEnd: reader(Type.Object({ Timestamp: Type.Integer() }), event => ({
      kind: 'applicationEnd',
      at: event.Timestamp,
    })),
    SparkListenerJobStart: reader(
      Type.Object({
        'Job ID': Type.Integer(),
        'Submission Time': Type.Integer(),
        'Stage Infos': Type.Array(Stage),
        Properties: Type.Optional(Type.Object({ 'spark.job.description': Type.Optional(Type.String()) })),
      }),
      event => {
        const description = event.Properties?.['spark.job.description'];
        return {
          kind: 'jobStart',
          jobId: event['Job ID'],
          at: event['Submission Time'],
          stages: event['Stage Infos'].map(stageInfo),
          ...(description === undefined ? {} : { description }),
        };
      },
    ),
    SparkListenerJobEnd: reader(
      Type.Object({
        'Job ID': Type.Integer(),
        'Completion Time': Type.Integer(),
        'Job Result': Type.Object({ Result: Type.String() }),
      }),
      event => ({
        kind: 'jobEnd',
        jobId: event['Job ID'],
        at: event['Completion Time'],
        succeeded: event['Job Result'].Result === 'JobSucceeded',
      }),
    ),
    SparkListenerStageSubmitted: reader(Type.Object({ 'Stage Info': Stage }), event => ({
      kind: 'stageSubmitted',
      stage: stageInfo(event['Stage Info']),
    })),
    SparkListenerStageCompleted: reader(Type.Object({ 'Stage Info': Stage }), event => ({
      kind: 'stageCompleted',
      stage: stageInfo(event['Stage Info']),
    })),
    SparkListenerExecutorAdded: reader(
      Type.Object({
        'Executor ID': Type.String(),
        Timestamp: Type.Integer(),
        'Executor Info': Type.Object({ Host: Type.String(), 'Total Cores': Type.Integer() }),
      }),
      event => ({
        kind: 'executorAdded',
        executorId: event['Executor ID'],
        at: event.Timestamp,
        host: event['Executor Info'].Host,
        cores: event['Executor Info']['Total Cores'],
      }),
    ),
    SparkListenerBlockManagerAdded: reader(
      Type.Object({
        'Block Manager ID': Type.Object({ 'Executor ID': Type.String() }),
        Timestamp: Type.Integer(),
      }),
      event => ({
        kind: 'blockManagerAdded',
        executorId: event['Block Manager ID']['Executor ID'],
        at: event.Timestamp,
      }),
    ),
    SparkListenerExecutorRemoved: reader(
      Type.Object({
        'Executor ID': Type.String(),
        Timestamp: Type.Integer(),
        'Removed Reason': Type.Optional(Type.String()),
      }),
      event => {
        const reason = event['Removed Reason'];
        return {
          kind: 'executorRemoved',
          executorId: event['Executor ID'],
          at: event.Timestamp,
          ...(reason === undefined ? {} : { reason }),
        };
      },
    ),
  }),
);
