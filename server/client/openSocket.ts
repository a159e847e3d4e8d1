import { connect, type Socket } from 'node:net';
import { SparkdeckError, messageOf } from '../protocol/errors.ts';
import { socketPath } from './dataFolder.ts';
import { checkOwnSocket, socketAddress, type SocketAddress } from './socketAddress.ts';

/**
 * Connects to whoever listens at a data folder.
 * @returns undefined when nobody does
 * @throws SparkdeckError when the socket can't be used
 */
export async function openSocket(dataFolder: string): Promise<Socket | undefined> {
  const file = socketPath(dataFolder);
  let address: SocketAddress | undefined;
  try {
    address = socketAddress(file);
    checkOwnSocket(address.path);
    return await connectTo(address.path);
  } catch (error) {
    if (error instanceof SparkdeckError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (nobodyThere.has(code)) return undefined;
    throw new SparkdeckError(
      'backend.unreachable',
      `The backend's socket ${file} can't be used: ${messageOf(error)}.`,
      { cause: error },
    );
  } finally {
    address?.release();
  }
}

/** No socket, no folder, a socket that a dead backend left behind, or one whose backend died before it took the call. */
const nobodyThere: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ECONNREFUSED', 'ECONNRESET']);

function connectTo(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}
