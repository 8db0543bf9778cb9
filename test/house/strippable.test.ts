/** Every file that runs without a build is TypeScript whose types Node itself can take out: more than tsc asks for. */
import { readdirSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What Node says of a text; undefined when it takes it. */
function refused(text: string): string | undefined {
  try {
    stripTypeScriptTypes(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.split('\n')[0] : String(error);
  }
}

it.each(['src', 'sandbox', 'scripts', 'bench', 'test/support'])('%s', (folder) => {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.tsx?$/.test(name),
  );
  expect(files.length).toBeGreaterThan(0);
  const problems = files.flatMap((name) => {
    const why = refused(readFileSync(join(root, folder, name), 'utf8'));
    return why === undefined ? [] : [`${folder}/${name}: ${why}`];
  });
  expect(problems).toEqual([]);
});

it('is a test that bites', () => {
  expect(refused('for (const of of [1]) console.log(of);')).toBeDefined();
  expect(refused('enum A { B }')).toBeDefined();
  expect(refused('const a: number = 1;')).toBeUndefined();
});
