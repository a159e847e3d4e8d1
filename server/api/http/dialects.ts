import type { Dialect } from './dialect.ts';
import { dcluster } from './dcluster/dcluster.ts';
import { fastapi } from './fastapi/fastapi.ts';
import { livy } from './livy/livy.ts';
import { native } from './native/native.ts';
import { platform } from './platform/platform.ts';

/** Every dialect; all on one port, since their paths don't collide. Where none is meant, the first answers. */
export const dialects: readonly [Dialect, ...Dialect[]] = [native, livy, dcluster, fastapi, platform];

/** The one in which something at this path is said. */
export function dialectOf(path: string): Dialect {
  const isMeant = ({ prefixes }: Dialect): boolean =>
    prefixes.some(prefix => path === prefix || path.startsWith(`${prefix}/`));
  return dialects.find(isMeant) ?? dialects[0];
}
