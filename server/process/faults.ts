/** The places between two steps of a batch's life at which a test can end the backend. */
export const faultPoints = [
  'submit.checked',
  'submit.written',
  'launch.written',
  'launch.prepared',
  'launch.spawned',
  'launch.handed',
  'run.identified',
  'run.exitSeen',
  'run.ended',
  'kill.written',
  'kill.claimed',
  'kill.signalled',
] as const;
export type FaultPoint = (typeof faultPoints)[number];

/** Called at each of these places. Does nothing in daily use. */
export type AtFaultPoint = (point: FaultPoint) => void;

/** Ends this process at the given place as kill -9 does, when a test asks for it by SPARKDECK_FAULT. */
export function faultsFrom(env: NodeJS.ProcessEnv): AtFaultPoint {
  const wanted = env['SPARKDECK_FAULT'];
  return point => {
    if (point === wanted) process.kill(process.pid, 'SIGKILL');
  };
}
