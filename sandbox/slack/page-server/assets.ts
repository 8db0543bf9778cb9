// The page's files: HTML, CSS and TypeScript (its types stripped on the way), and the two libraries it uses, from node_modules.

import { readFile } from 'node:fs/promises';
import { createRequire, stripTypeScriptTypes } from 'node:module';
import { dirname, extname, join, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const PAGE = fileURLToPath(new URL('../page/', import.meta.url));
const require = createRequire(import.meta.url);

/** Files of packages, by package and path in it. Modules import each other by bare name: the page needs an import map. */
const vendor: Record<string, [name: string, file: string]> = {
  'preact.js': ['preact', 'dist/preact.mjs'],
  'preact-hooks.js': ['preact', 'hooks/dist/hooks.mjs'],
  'htm.js': ['htm', 'dist/htm.module.js'],
  'htm-preact.js': ['htm', 'preact/index.module.js'],
};

const mimes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.ts': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
};

export interface Asset {
  type: string;
  body: Buffer | string;
}

async function read(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch {
    return undefined;
  }
}

/** The folder of an installed package, found as Node finds it. */
const folderOf = (name: string): string => {
  const main = require.resolve(name);
  const marker = `${sep}node_modules${sep}${name}${sep}`;
  const at = main.lastIndexOf(marker);
  return at < 0 ? dirname(main) : main.slice(0, at + marker.length);
};

async function vendored(name: string): Promise<Asset | undefined> {
  const entry = Object.hasOwn(vendor, name) ? vendor[name] : undefined;
  if (entry === undefined) return undefined;
  const body = await read(join(folderOf(entry[0]), entry[1]));
  return body === undefined ? undefined : { type: 'text/javascript; charset=utf-8', body };
}

/** @param path of the request, such as `/`, `/page/app.ts` or `/page/vendor/preact.js`. */
export async function assetAt(path: string): Promise<Asset | undefined> {
  const isPage = path === '/' || path.startsWith('/archives/');
  const relative = isPage
    ? 'index.html'
    : path.startsWith('/page/')
      ? path.slice('/page/'.length)
      : undefined;
  if (relative === undefined) return undefined;
  if (relative.startsWith('vendor/')) return vendored(relative.slice('vendor/'.length));
  let decoded: string;
  try {
    decoded = decodeURIComponent(relative);
  } catch {
    return undefined;
  }
  const file = normalize(join(PAGE, decoded));
  const type = mimes[extname(file)];
  if (!file.startsWith(PAGE) || decoded.includes('\0') || type === undefined) return undefined;
  const body = await read(file);
  if (body === undefined) return undefined;
  if (extname(file) !== '.ts') return { type, body };
  return { type, body: stripTypeScriptTypes(body.toString('utf8'), { mode: 'strip' }) };
}
