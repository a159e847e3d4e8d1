import { Type } from 'typebox';
import { Readable } from 'node:stream';
import { SparkdeckError } from '../../../protocol/errors.ts';
import { Upload, UploadName } from '../../../protocol/upload.ts';
import type { App, SchemaTypes } from '../app.ts';
import { nativePrefix } from './nativePrefix.ts';

/** Milliseconds: a large file on a slow line. */
const uploadTime = 3600_000;
const ByName = Type.Object({ name: UploadName }, { additionalProperties: false });

/** Files that are sent here to be run. */
export async function uploads(app: App): Promise<void> {
  const path = `${nativePrefix}/uploads`;
  app.get(
    path,
    {
      schema: {
        summary: 'List the uploaded files',
        response: { 200: Type.Object({ uploads: Type.Array(Upload) }) },
      },
    },
    async request => ({ uploads: await request.rooms.uploads.list() }),
  );

  app.delete(
    `${path}/:name`,
    { schema: { summary: 'Remove an uploaded file', params: ByName, response: { 204: Type.Null() } } },
    async (request, reply) => {
      await request.rooms.uploads.remove(request.params.name);
      return reply.code(204).send(null);
    },
  );

  await app.register(async scope => {
    scope.removeAllContentTypeParsers();
    // Whatever it says it is: it goes to the disk as it comes in.
    scope.addContentTypeParser('*', (_request, body, done) => done(null, body));
    scope.withTypeProvider<SchemaTypes>().put(
      `${path}/:name`,
      {
        config: { bodyTime: uploadTime },
        schema: {
          summary: 'Upload a file: its bytes are the body',
          description: 'A request names it as upload:NAME. One of the same name is replaced.',
          consumes: ['application/octet-stream'],
          params: ByName,
          response: { 201: Upload },
        },
      },
      async (request, reply) => {
        const { body } = request;
        if (!(body instanceof Readable)) {
          throw new SparkdeckError(
            'request.invalid',
            'The request has no body. Send the bytes of the file, as curl -T FILE does.',
          );
        }
        const length = Number(request.headers['content-length'] ?? Number.NaN);
        const upload = await request.rooms.uploads.save(
          request.params.name,
          body,
          Number.isNaN(length) ? undefined : length,
        );
        return reply.code(201).send(upload);
      },
    );
  });
}
