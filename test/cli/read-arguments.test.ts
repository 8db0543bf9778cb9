import { describe, expect, it } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import { readArguments } from '../../src/cli/read-arguments.ts';

const read = (...args: string[]) => readArguments(args, commands);

describe('what was typed', () => {
  it('is a command of the table with its words and options, in any order', () => {
    expect(
      read('--json', 'runbook', 'run', 'dump-db', '-p', 'a=1', '--param', 'b=2', '-n', 'prod'),
    ).toMatchObject({
      command: { name: 'runbook run' },
      names: ['dump-db'],
      values: { json: true, param: ['a=1', 'b=2'], namespace: 'prod' },
    });
    expect(read('runbook', 'lint', '-')).toMatchObject({ command: { name: 'runbook lint' }, names: ['-'] });
  });

  it.each([
    [[], commands.map(({ name }) => name)],
    [['--help'], commands.map(({ name }) => name)],
    [['help'], commands.map(({ name }) => name)],
    [['runbook', '--help'], commands.map(({ name }) => name).filter((name) => name.startsWith('runbook '))],
    [['help', 'runbook', 'lint'], ['runbook lint']],
    [['runbook', 'run', '--help'], ['runbook run']],
    [['-h', 'report'], ['report']],
  ])('%j is answered with the help of these', (args, names) => {
    const typed = read(...args);
    if (!('help' in typed)) throw new Error('no help');
    const helped = typed.help.split('\n').filter((line) => line.startsWith('handrail '));
    expect(helped.map((line) => names.find((name) => line.startsWith(`handrail ${name}`)))).toEqual(names);
    expect(typed.help).toContain('Exit codes: 0 ');
  });

  it.each([
    [
      ['runbook', 'lnt', 'dump-db'],
      'handrail runbook lnt dump-db is not a command. Did you mean: handrail runbook lint?',
    ],
    [['runbok', 'run', 'x'], 'Did you mean: handrail runbook run?'],
    [['reprt', 'INC-7'], 'Did you mean: handrail report?'],
    [['runbook'], 'handrail runbook needs one more word.'],
    [['frobnicate'], 'handrail frobnicate is not a command.\n'],
    [['runbook', 'plan'], 'handrail runbook plan needs more than that.'],
    [['report', 'INC-7', 'INC-8'], 'handrail report takes less than that.'],
    [['report', 'INC-7', '--yes'], 'handrail report has no option --yes.'],
    [['runbook', 'lint', '--jsn'], 'There is no option --jsn. Did you mean --json?'],
    [['runbook', 'lint', '-x'], 'There is no option -x. See handrail --help.'],
    [['runbook', 'run', 'x', '--namespace'], 'argument missing'],
  ])('%j is refused with what to do', (args, words) => {
    expect(() => read(...args)).toThrow(words);
  });
});

describe('the table of commands', () => {
  it('has each command once', () => {
    const names = commands.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
  });

  it('gives an option one meaning in every command', () => {
    const meant = new Map<string, string>();
    for (const { options } of commands)
      for (const [name, option] of Object.entries(options)) {
        const meaning = JSON.stringify(option);
        expect(meant.get(name) ?? meaning, name).toBe(meaning);
        meant.set(name, meaning);
      }
    expect(meant.size).toBeGreaterThan(5);
  });

  it('says of every option in its help line', () => {
    for (const { takes, options, name } of commands)
      for (const option of Object.keys(options)) expect(takes, name).toContain(`--${option}`);
  });
});
