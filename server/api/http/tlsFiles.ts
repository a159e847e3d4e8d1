import type { Server as HttpServer } from 'node:http';
import { Server as HttpsServer } from 'node:https';
import { messageOf, SparkdeckError } from '../../protocol/errors.ts';
import { readRegularFile } from '../../store/regularFile.ts';

/** Milliseconds between looks for renewed files. */
const lookInterval = 60_000;

/** A certificate and its key, in PEM, which are renewed while the backend runs. */
export class TlsFiles {
  readonly #files: { cert: string; key: string };
  #pair: { cert: Buffer; key: Buffer };
  #told: string | undefined;

  /** @throws SparkdeckError request.invalid */
  constructor(files: { cert: string; key: string }) {
    this.#files = files;
    this.#pair = this.#read();
  }

  get pair(): { cert: Buffer; key: Buffer } {
    return this.#pair;
  }

  /** Has the server use what the files hold, now and then. @returns what ends that */
  watch(server: HttpServer | HttpsServer, log: (line: string) => void): () => void {
    const timer = setInterval(() => this.renew(server, log), lookInterval).unref();
    return () => clearInterval(timer);
  }

  /** Connections from now on get what the files hold. A pair that can't be used leaves the last one in use, and is told once. */
  renew(server: HttpServer | HttpsServer, log: (line: string) => void): void {
    try {
      const found = this.#read();
      if (found.cert.equals(this.#pair.cert) && found.key.equals(this.#pair.key)) return;
      if (server instanceof HttpsServer) server.setSecureContext(found);
      this.#pair = found;
      this.#told = undefined;
      log('the renewed certificate is in use');
    } catch (error) {
      const trouble = messageOf(error);
      if (trouble !== this.#told) log(`the certificate and its key can't be renewed: ${trouble}`);
      this.#told = trouble;
    }
  }

  #read(): { cert: Buffer; key: Buffer } {
    return { cert: readPem(this.#files.cert), key: readPem(this.#files.key) };
  }
}

/** Bytes. */
const largest = 2 ** 20;

function readPem(file: string): Buffer {
  try {
    return readRegularFile(file, largest);
  } catch (error) {
    throw new SparkdeckError('request.invalid', `${file} can't be read: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
