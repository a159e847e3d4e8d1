import { SparkdeckError } from '../../protocol/errors.ts';
import { isLoopback } from './address.ts';

/** How the door over HTTP is opened. */
export interface HttpOptions {
  /** 0 for a free one. */
  port: number;
  host: string;
  /** False: everyone who comes is the owner. Only on the loopback address. */
  auth: boolean;
  /** Files in PEM. */
  tls?: { cert: string; key: string };
}

/** @throws SparkdeckError request.invalid for a door that would be open to everyone */
export function checkHttpOptions({ auth, host }: Pick<HttpOptions, 'auth' | 'host'>): void {
  if (auth || isLoopback(host)) return;
  throw new SparkdeckError(
    'request.invalid',
    `Without authentication everyone who reaches ${host} could run programs as you. Take --host 127.0.0.1 with --no-auth, or leave --no-auth out and make tokens: sparkdeck tokens create`,
  );
}
