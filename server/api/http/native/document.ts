import { Type } from 'typebox';
import type { App } from '../app.ts';
import { fixedContent } from '../fixedContent.ts';
import { openApiDocument } from '../openApi.ts';

/** The OpenAPI document of all dialects. It says nothing that isn't public, so it asks for no token. */
export function document(app: App): void {
  app.get(
    '/openapi.json',
    {
      config: { isOpen: true },
      schema: { summary: 'This document', security: [], response: { 200: Type.Unknown() } },
    },
    fixedContent(() => JSON.stringify(openApiDocument(app)), {
      'Content-Type': 'application/json; charset=utf-8',
    }),
  );
}
