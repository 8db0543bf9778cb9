/** `handrail` as a person types it, in a folder whose configuration lets that person run checks. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { terminalPerson } from '../src/cli/terminal-person.ts';

const of = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** Resolves when it has ended well (0) or with something that is not well (1). @throws with its words otherwise */
export function handrailAt(
  folder: string,
  reach: { readonly databaseUrl: string; readonly kubeconfig: string },
): (...words: readonly string[]) => Promise<string> {
  const terminal = terminalPerson().id.slice('terminal:'.length);
  writeFileSync(
    join(folder, 'handrail.yaml'),
    JSON.stringify({
      zone: 'UTC',
      runbooks: { folder: of('runbooks') },
      people: { ana: { name: 'Ana Example', terminal: [terminal] } },
      access: { everywhere: { operate: ['ana'] } },
    }),
  );
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    DATABASE_URL: reach.databaseUrl,
    KUBECONFIG: reach.kubeconfig,
  };
  return (...words) =>
    new Promise((done, fail) => {
      const child = spawn(process.execPath, [of('bin/handrail.mjs'), ...words], {
        cwd: folder,
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let said = '';
      child.stdout.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
      child.stderr.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
      child.on('error', fail);
      child.on('close', (code) => {
        if (code === 0 || code === 1) done(said);
        else fail(new Error(`handrail ${words.join(' ')} ended with ${code}:\n${said}`));
      });
    });
}
