// Names: of files, of people, of places on somebody's machine, of versions.
import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { files, project, read, texts } from './files.ts';

const empty = /^(?:common|helpers?|lib|managers?|misc|services?|utils?)(?:\.|$)/i;

/** Of people in the reports that the product was made for; hashed, so that they are not here either. */
const people = new Set([
  '1126548cd1aea3ea2d87',
  '1dab02df676096f565b2',
  '30c00e4e62af88c0d2ee',
  '37ef7c96cd3c425f40d6',
  '39bfe6b57f0fc99e82c2',
  '4091825a1b0eb7da699f',
  '48582a51b70ab0ff9092',
  '4d6d779c179a3646f1d9',
  '7b8bf837e89705064b0c',
  '8246fcd4d483f3ff12ba',
  '88cabe8351b6e1cd5860',
  'b3f71930cf36bd82cab0',
  'b603e6780e0a2733b963',
  'baf67787ae92348d68b6',
]);

function hashOf(words: string): string {
  return createHash('sha256').update(`handrail:${words}`).digest('hex').slice(0, 20);
}

/** The words of a text that are such a name, alone or with the next one; camelCase counts as two words. */
function peopleIn(text: string, named: ReadonlySet<string>): string[] {
  const words = text
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}]+/u);
  const seen = new Map<string, boolean>();
  const isName = (candidate: string): boolean => {
    const known = seen.get(candidate);
    if (known !== undefined) return known;
    const found = named.has(hashOf(candidate));
    seen.set(candidate, found);
    return found;
  };
  return words.flatMap((word, index) => [word, `${word} ${words[index + 1] ?? ''}`].filter(isName));
}

/** Where home folders and workspaces are; `/home/postgres` is a folder of the seeds' image. */
const places = /(?<![\w.~-])\/(?:work|workspace|root|home\/(?!postgres\b)\w+|Users\/\w+)\/[\w.]/;
const registries = /\b(?:registry\.(?:npmjs|yarnpkg)|npmjs\.(?:org|com)|pypi\.org|verdaccio|jfrog\.io)\b/i;

function linesWith(pattern: RegExp): string[] {
  return texts
    .filter((file) => file !== 'test/house/names.test.ts')
    .flatMap((file) =>
      read(file)
        .split('\n')
        .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}`] : [])),
    );
}

describe('names', () => {
  it('say what is inside: no file or folder for anything', () => {
    expect(files.filter((file) => file.split('/').some((part) => empty.test(part)))).toEqual([]);
    expect(empty.test(basename('src/slack/helpers.ts'))).toBe(true);
  });
  it('of people in the reports are nowhere', () => {
    const found = texts.filter((file) => peopleIn(`${file}\n${read(file)}`, people).length > 0);
    expect(found).toEqual([]);
  });
  it('of people would be found', () => {
    const planted = new Set([hashOf('winifred quill'), hashOf('quillington')]);
    expect(peopleIn('const winifredQuill = 1; // by M. QUILLINGTON-x', planted)).toHaveLength(2);
  });
  it('of places on somebody’s machine are nowhere', () => {
    expect(linesWith(places)).toEqual([]);
    if (project !== homedir() && project.length > 4)
      expect(texts.filter((file) => read(file).includes(`${project}/`))).toEqual([]);
  });
  it('of package registries are nowhere', () => {
    expect(linesWith(registries)).toEqual([]);
  });
});

const versions = z.record(z.string(), z.string()).default({});
const packageFile = z.object({
  dependencies: versions,
  devDependencies: versions,
  optionalDependencies: versions,
  overrides: versions,
});

describe('package.json', () => {
  it('pins every version exactly', () => {
    const all = Object.values(packageFile.parse(JSON.parse(read('package.json')))).flatMap((part) =>
      Object.entries(part),
    );
    expect(all.length).toBeGreaterThan(20);
    expect(all.filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))).toEqual([]);
  });
});
