import { lookup } from 'node:dns/promises';
import { BlockList, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';

/**
 * Whether two addresses of a master, or of its web page, lead to one place, in whatever words: by name or number, and of
 * a list as spark://HOST:PORT,HOST:PORT by any of it.
 */
export async function leadsTo(address: string, other: string): Promise<boolean> {
  for (const a of placesIn(address)) {
    for (const b of placesIn(other)) {
      if (a.port !== b.port) continue;
      if (a.host === b.host || ((await isThisMachine(a.host)) && (await isThisMachine(b.host)))) return true;
    }
  }
  return false;
}

/** As `leadsTo`, without asking the system for names: whether a master's URL is that of one on the loopback address. */
export function isSameMaster(url: string, loopbackUrl: string): boolean {
  if (url.trim() === loopbackUrl) return true;
  const own = placesIn(loopbackUrl);
  return placesIn(url).some(({ host, port }) => isLoopbackName(host) && own.some(each => each.port === port));
}

const isLoopbackName = (host: string): boolean =>
  /^(localhost|0|0\.0\.0\.0|127(\.\d+){1,3}|(::ffff:)?127\.0\.0\.1)$/.test(host);

interface Place {
  host: string;
  port: number;
}

/** None in what isn't of this form: Spark can't read that either. */
function placesIn(address: string): Place[] {
  const [, list = ''] = /^\w+:\/\/([^/?#]*)/.exec(address.trim()) ?? [];
  return list.split(',').flatMap(place => {
    const [, host, port] = /^\[?(.*?)\]?:(\d{1,10})$/.exec(place) ?? [];
    return host === undefined ? [] : [{ host: host.toLowerCase(), port: Number(port) }];
  });
}

/** The system resolves what it takes for a number too: 127.1 and 0 are this machine. */
async function isThisMachine(host: string): Promise<boolean> {
  // Of what can be no name at all it throws at once.
  const found = await Promise.resolve()
    .then(() => lookup(host, { all: true }))
    .catch(() => []);
  const own = ownAddresses();
  return found.map(({ address }) => withoutZone(address)).some(each => own.check(each, familyOf(each)));
}

function ownAddresses(): BlockList {
  const list = new BlockList();
  list.addSubnet('127.0.0.0', 8);
  const others = Object.values(networkInterfaces()).flatMap(found => found ?? []);
  for (const address of ['0.0.0.0', '::', '::1', ...others.map(each => withoutZone(each.address))]) {
    list.addAddress(address, familyOf(address));
  }
  return list;
}

const withoutZone = (address: string): string => address.replace(/%.*$/, '');

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv6(address) ? 'ipv6' : 'ipv4');
