import { isDeepStrictEqual } from 'node:util';
import type { Settings } from '../../server/protocol/settings.ts';

/**
 * What the data folder's settings are to become when this window wants `wanted`: what it doesn't name stays as somebody
 * else has set it, what it named before (`before`) and no longer does is taken out. Undefined when nothing changes.
 */
export function sharedSettings(current: Settings, before: Settings, wanted: Settings): Settings | undefined {
  const given = Object.keys({ ...before, ...wanted });
  const others = Object.fromEntries(Object.entries(current).filter(([name]) => !given.includes(name)));
  const next: Settings = { ...others, ...wanted };
  return isDeepStrictEqual(current, next) ? undefined : next;
}
