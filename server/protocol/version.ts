import manifest from '../../package.json' with { type: 'json' };

/** The product's version, as in package.json. */
export const productVersion: string = manifest.version;

/**
 * Counts up when a client of the one and a backend of the other can no longer talk.
 * Exchanged in `initialize`; see server/client.
 */
export const protocolVersion = 1;
