/** What the event of a task's end says, to be put together to a line as Spark 4.3.0 writes it, about 4 KB long. */
export interface TaskEndLine {
  stageId?: number;
  reason?: string;
  executorId?: string;
  launchedAt?: number;
  /** Milliseconds. */
  duration?: number;
  metrics?: Partial<Record<MetricName, number>>;
}

type MetricName =
  | 'runTime'
  | 'cpuNanoseconds'
  | 'peakExecutionMemory'
  | 'resultSize'
  | 'gcTime'
  | 'memorySpilled'
  | 'diskSpilled'
  | 'fetchWait'
  | 'remoteBytes'
  | 'localBytes'
  | 'shuffleRecordsRead'
  | 'shuffleBytesWritten'
  | 'shuffleRecordsWritten'
  | 'bytesRead'
  | 'recordsRead'
  | 'bytesWritten'
  | 'recordsWritten';

export function taskEndLine(task: TaskEndLine = {}): string {
  const { stageId = 0, reason = 'Success', executorId = 'driver', launchedAt = 1795398052434 } = task;
  const m = (name: MetricName): number => task.metrics?.[name] ?? 0;
  const none = { 'Remote Blocks Fetched': 0, 'Local Blocks Fetched': 0 };
  return JSON.stringify({
    Event: 'SparkListenerTaskEnd',
    'Stage ID': stageId,
    'Stage Attempt ID': 0,
    'Task Type': 'ShuffleMapTask',
    'Task End Reason': {
      Reason: reason,
      // A failure may quote anything, an event log too.
      ...(reason === 'ExceptionFailure' && { Description: '"Task Info":{"Launch Time":1} "Task Metrics":{' }),
    },
    'Task Info': {
      'Task ID': 0,
      Index: 0,
      Attempt: 0,
      'Partition ID': 0,
      'Launch Time': launchedAt,
      'Executor ID': executorId,
      Host: 'localhost',
      Locality: 'PROCESS_LOCAL',
      Speculative: false,
      'Getting Result Time': 0,
      'Finish Time': launchedAt + (task.duration ?? 100),
      Failed: false,
      Killed: false,
      Accumulables: Array.from({ length: 17 }, (_, n) => ({
        ID: 38 + n,
        Name: `internal.metrics.something${n}`,
        Update: 53,
        Value: 53,
        Internal: true,
        'Count Failed Values': true,
      })),
    },
    'Task Executor Metrics': { JVMHeapMemory: 0, JVMOffHeapMemory: 0, MinorGCTime: 0, TotalGCTime: 0 },
    'Task Metrics': {
      'Executor Deserialize Time': 53,
      'Executor Deserialize CPU Time': 28983069,
      'Executor Run Time': m('runTime'),
      'Executor CPU Time': m('cpuNanoseconds'),
      'Peak Execution Memory': m('peakExecutionMemory'),
      'Peak On Heap Execution Memory': 1,
      'Peak Off Heap Execution Memory': 2,
      'Result Size': m('resultSize'),
      'JVM GC Time': m('gcTime'),
      'Result Serialization Time': 42,
      'Memory Bytes Spilled': m('memorySpilled'),
      'Disk Bytes Spilled': m('diskSpilled'),
      'Shuffle Read Metrics': {
        ...none,
        'Fetch Wait Time': m('fetchWait'),
        'Remote Bytes Read': m('remoteBytes'),
        'Remote Bytes Read To Disk': 7,
        'Local Bytes Read': m('localBytes'),
        'Total Records Read': m('shuffleRecordsRead'),
        'Remote Requests Duration': 0,
        'Push Based Shuffle': {
          'Corrupt Merged Block Chunks': 0,
          'Merged Fetch Fallback Count': 0,
          'Merged Remote Blocks Fetched': 0,
          'Merged Local Blocks Fetched': 0,
          'Merged Remote Chunks Fetched': 0,
          'Merged Local Chunks Fetched': 0,
          'Merged Remote Bytes Read': 8,
          'Merged Local Bytes Read': 9,
          'Merged Remote Requests Duration': 0,
        },
      },
      'Shuffle Write Metrics': {
        'Shuffle Bytes Written': m('shuffleBytesWritten'),
        'Shuffle Write Time': 75516515,
        'Shuffle Records Written': m('shuffleRecordsWritten'),
      },
      'Input Metrics': { 'Bytes Read': m('bytesRead'), 'Records Read': m('recordsRead') },
      'Output Metrics': { 'Bytes Written': m('bytesWritten'), 'Records Written': m('recordsWritten') },
      'Updated Blocks': [],
    },
  });
}
