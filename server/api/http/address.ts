import { isIP } from 'node:net';
import { hostname } from 'node:os';

/** Whether a host's name or address is this machine's own, which nothing from elsewhere reaches. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  return bare === 'localhost' || bare === '::1' || (isIP(bare) === 4 && bare.startsWith('127.'));
}

/** What a person types to come here. One that listens everywhere is reached by the machine's name. */
export function urlOf(host: string, port: number, isSecure: boolean): string {
  const name = host === '0.0.0.0' || host === '::' ? hostname() : host;
  return `${isSecure ? 'https' : 'http'}://${isIP(name) === 6 ? `[${name}]` : name}:${port}`;
}
