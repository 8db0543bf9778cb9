/** `report.template` of handrail.yaml: read once at the start, and every mistake in it shown with its place. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';
import { formatProblems } from '../../src/config/problem.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'handrail-template-'));
  await mkdir(join(folder, 'forms'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function load(yaml: string, template?: string) {
  await writeFile(join(folder, 'handrail.yaml'), yaml);
  if (template !== undefined) await writeFile(join(folder, 'forms', 'ours.md'), template);
  const { config, problems } = await loadConfig({ env: {}, args: [], folder });
  return { config, errors: formatProblems(problems.filter(({ severity }) => severity === 'error')) };
}

describe('report.template', () => {
  it('is read beside handrail.yaml, and known by its name', async () => {
    const { config, errors } = await load(
      'report: { template: forms/ours.md }\n',
      '\uFEFF# {{ title }}\r\n\r\n{{ timeline }}\r\n',
    );
    expect(errors).toBe('');
    expect(config?.template).toEqual({ name: 'ours.md', text: '# {{ title }}\n\n{{ timeline }}\n' });
  });

  it('is not there when nothing names one', async () => {
    expect((await load('report: { profile: pydis }\n')).config?.template).toBeUndefined();
  });

  it('stops the start with every mistake and its place', async () => {
    const { config, errors } = await load(
      'report: { template: forms/ours.md }\n',
      '# {{ titel }}\n\nx {{ timeline }}\n',
    );
    expect(config).toBeUndefined();
    expect(errors).toContain('forms/ours.md:1:3 there is no slot {{ titel }} — did you mean {{ title }}?');
    expect(errors).toContain('forms/ours.md:3:3 {{ timeline }} is more than a line can hold — put it');
  });

  it('that is not there says so', async () => {
    expect((await load('report: { template: forms/none.md }\n')).errors).toMatch(
      /^forms\/none\.md:1:1 the report's template "forms\/none\.md" cannot be read \(ENOENT\) — correct its path/,
    );
  });
});
