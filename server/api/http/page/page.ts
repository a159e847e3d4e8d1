import { readFileSync } from 'node:fs';
import type { App } from '../app.ts';
import { fixedContent } from '../fixedContent.ts';

/**
 * Nothing from elsewhere and nothing in the page itself runs or is shown; no other page holds this one in a frame; and no
 * script makes markup of a text.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const types = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

const files: readonly [name: string, type: keyof typeof types][] = [
  ['page', 'css'],
  ['page', 'js'],
  ['page', 'svg'],
  ['client', 'js'],
  ['clusters', 'js'],
  ['deck', 'js'],
  ['detail', 'js'],
  ['elements', 'js'],
  ['eventReader', 'js'],
  ['jobs', 'js'],
  ['jobLog', 'js'],
  ['jobRow', 'js'],
  ['question', 'js'],
  ['signIn', 'js'],
  ['texts', 'js'],
];

/**
 * The page for a browser. It asks for no token, since there is nothing in it: what it shows it gets from Sparkdeck's own
 * interface, as any other client does.
 */
export function page(app: App): void {
  serve(app, '/', 'page.html', types.html);
  for (const [name, type] of files) serve(app, `/page/${name}.${type}`, `${name}.${type}`, types[type]);
}

function serve(app: App, url: string, name: string, type: string): void {
  // Here once, so that a file that is missing from a package is found at the start.
  const content = readFileSync(new URL(`./${name}`, import.meta.url));
  const answer = fixedContent(() => content, {
    'Content-Type': type,
    'Content-Security-Policy': contentSecurityPolicy,
    'Referrer-Policy': 'no-referrer',
    // Another version of the backend has another page.
    'Cache-Control': 'no-cache',
  });
  app.get(url, { config: { isOpen: true }, schema: { hide: true } }, answer);
}
