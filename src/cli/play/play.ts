/** Plays one test of a runbook: the real deciding and the real views, with the answers that the test gives. */
import { suggestion } from '../../catalog/nearest.ts';
import type { NewAttempt } from '../../incidents/draft.ts';
import type { Event } from '../../incidents/events.ts';
import type { Loaded } from '../../runbooks/library.ts';
import { parseParam } from '../../runbooks/param-values.ts';
import type { Path, Places } from '../../runbooks/places.ts';
import type { Problem } from '../../runbooks/problem.ts';
import type { Param } from '../../runbooks/runbook.ts';
import type { Register } from '../../runbooks/signature.ts';
import type { Given, RunbookTest, TestFile, Turn } from '../../runbooks/test-file.ts';
import { answer, type Wrong } from './answer.ts';
import { asked, runButtons, type Shown, waitingButtons } from './buttons.ts';
import { endDifferences, turnDifferences } from './differences.ts';
import { shapeProblems } from './shape-problems.ts';
import { PlayStage, runAtWork } from './stage.ts';

export interface Played {
  readonly file: string;
  readonly test: TestFile;
  readonly places: Places;
  readonly register: Register;
  readonly runbooks: ReadonlyMap<string, Loaded>;
}

/** Thrown to end a test at its first mistake: what follows would only be its consequences. */
class Stopped extends Error {
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    super('the test ends here');
    this.problems = problems;
  }
}

/** The problems of one test (RT codes), none when it passes. `index`: of the test in its file. */
export async function play(of: Played, index: number): Promise<readonly Problem[]> {
  const test = of.test.tests[index];
  const loaded = of.runbooks.get(of.test.runbook);
  if (!test || !loaded) throw new Error(`no test ${index} of ${of.test.runbook}`);
  try {
    await new Player(of, test, index, loaded).play();
    return [];
  } catch (error) {
    if (error instanceof Stopped) return error.problems;
    throw error;
  }
}

class Player {
  readonly #of: Played;
  readonly #test: RunbookTest;
  readonly #base: Path;
  readonly #loaded: Loaded;
  readonly #stage: PlayStage;
  /** Attempts that were answered. */
  readonly #done = new Set<string>();
  /** How many events were there when a step was last shown. */
  readonly #shown = new Map<string, number>();
  /** The step that somebody just pressed a button of. */
  #pressed: string | undefined;

  constructor(of: Played, test: RunbookTest, index: number, loaded: Loaded) {
    this.#of = of;
    this.#test = test;
    this.#base = ['tests', index];
    this.#loaded = loaded;
    this.#stage = new PlayStage(of.register, of.runbooks);
  }

  async play(): Promise<void> {
    const params = this.#params();
    await this.#stage.declare(this.#test.namespace ?? 'prod');
    const started = await this.#stage.start(this.#loaded, params);
    if (!started.ok) this.#stop('RT002', ['name'], `It cannot start: ${started.says}`);
    for (const [index, turn] of this.#test.steps.entries()) await this.#turn(turn, ['steps', index]);
    const { ends } = this.#test;
    if (!ends) return;
    const incident = await this.#stage.state();
    const differences = endDifferences(ends, incident.runs.get(1));
    this.#stopIf('RT001', ['ends'], differences);
  }

  async #turn(turn: Turn, path: Path): Promise<void> {
    await this.#mustBeAt(turn, path);
    const used = await this.#answerAll(turn, path);
    for (const name of Object.keys(turn.given ?? {}) as (keyof Given)[])
      if (!used.has(name)) this.#stop('RT002', [...path, 'given', name], `Nobody asked for ${name} here.`);
    const incident = await this.#stage.state();
    const events = this.#events(turn.step);
    const buttons = waitingButtons(incident, events);
    const attempts = this.#stage.store.attempts.filter(({ at }) => at.step === turn.step);
    const seen = { incident, step: turn.step, events, buttons, attempts };
    this.#stopIf('RT001', [...path, 'expect'], turnDifferences(turn.expect ?? {}, seen));
    this.#pressed = undefined;
    if (turn.press === undefined) return;
    await this.#press(turn.press, buttons, path);
  }

  async #press(press: NonNullable<Turn['press']>, waiting: readonly Shown[], path: Path): Promise<void> {
    const { button, ...typed } = typeof press === 'string' ? { button: press } : press;
    const at = [...path, 'press'];
    const incident = await this.#stage.state();
    const all = [...waiting, ...[...incident.runs.values()].flatMap((run) => runButtons(incident, run))];
    const shown = all.find(({ words }) => words === button);
    const what = shown && asked(shown, { ...typed, ...this.#form(shown, typed.form, at) });
    if (!shown || !what) {
      const there = suggestion(
        button,
        all.map(({ words }) => words),
      );
      this.#stop('RT002', at, `There is no button ${button} now. ${there ?? ''}`.trim());
    }
    const answered = await this.#stage.ask(what);
    if (!answered.ok) this.#stop('RT002', at, `${button} was refused: ${answered.says}`);
    this.#pressed = stepOf(shown);
  }

  /** As the form in Slack reads it. */
  #form(shown: Shown, form: Record<string, unknown> | undefined, at: Path) {
    if (form === undefined) return {};
    const id = stepOf(shown);
    const steps = [...this.#of.runbooks.values()].flatMap(({ runbook }) => runbook.steps);
    const own = this.#loaded.runbook.steps.find((one) => one.id === id) ?? steps.find((one) => one.id === id);
    const inside = own?.kind === 'run' ? this.#of.runbooks.get(own.runbook)?.runbook.params : undefined;
    const declared = own?.kind === 'ask' ? own.form : (inside ?? {});
    return { form: this.#values(form, declared, (name) => [...this.#base, ...at, 'form', name]) };
  }

  /** The run has to be at this step: by itself, or because a button of it was just pressed. */
  async #mustBeAt(turn: Turn, path: Path): Promise<void> {
    const run = runAtWork(await this.#stage.state());
    if (this.#pressed === turn.step || (!run.ended && run.current === turn.step)) return;
    const at = run.ended
      ? `the run has ended: ${run.ended.says}`
      : `the run is at ${run.current ?? 'no step'}`;
    this.#stop('RT001', [...path, 'step'], `Expected ${turn.step}, but ${at}.`);
  }

  /** Answers what is asked for this step until it asks no more. Gives the names of what was used. */
  async #answerAll(turn: Turn, path: Path): Promise<Set<string>> {
    const used = new Set<string>();
    for (;;) {
      const attempt = this.#open(turn.step);
      if (!attempt) return used;
      this.#done.add(attempt.id);
      const incident = await this.#stage.state();
      const base = attempt.purpose === 'check' ? this.#of.test.outputs[turn.step] : undefined;
      const answered = answer(attempt, turn.given ?? {}, base, incident, this.#stage.knows);
      if ('says' in answered) this.#wrong(answered, turn, path);
      for (const name of answered.used) used.add(name);
      const { id, at } = attempt;
      await this.#stage.tell({ do: 'settle', attempt: id, at, outcome: answered.outcome, seconds: 1 });
    }
  }

  #open(step: string): NewAttempt | undefined {
    return this.#stage.store.attempts.find(
      ({ id, at, purpose }) => purpose !== 'probe' && at.step === step && !this.#done.has(id),
    );
  }

  /** Of the step, without what a turn before this one has shown. */
  #events(step: string): Event[] {
    const { events } = this.#stage.store;
    const from = this.#shown.get(step) ?? 0;
    this.#shown.set(step, events.length);
    return events.slice(from).filter(({ body }) => 'step' in body && body.step === step);
  }

  #params(): Record<string, unknown> {
    const { params } = this.#of.test;
    const mine = this.#test.params;
    return this.#values({ ...params, ...mine }, this.#loaded.runbook.params, (name) =>
      Object.hasOwn(mine, name) ? [...this.#base, 'params', name] : ['params', name],
    );
  }

  /** What was typed, by the declared types; `place` says where in the file. */
  #values(
    given: Record<string, unknown>,
    declared: Readonly<Record<string, Param>>,
    place: (name: string) => Path,
  ): Record<string, unknown> {
    const { file, places } = this.#of;
    return Object.fromEntries(
      Object.entries(given).map(([name, value]) => {
        const read = valueOf(declared, name, value);
        if (!('problem' in read)) return [name, read.value];
        const { problem: says, remedy } = read;
        const at = places.key(place(name));
        throw new Stopped([
          { code: 'RT002', level: 'error', file, ...at, says, ...(remedy ? { remedy } : {}) },
        ]);
      }),
    );
  }

  #wrong(wrong: Wrong, turn: Turn, path: Path): never {
    const { shape } = wrong;
    if (!shape) this.#stop('RT002', [...path, turn.given ? 'given' : 'step', ...wrong.path], wrong.says);
    const written = turn.given ? ['given', ...wrong.path] : ['step'];
    const own = { values: shape.own, base: [...this.#base, ...path, ...written] };
    const under = { values: shape.under, base: ['outputs', turn.step] };
    throw new Stopped(shapeProblems(shape.schema, shape.owner, own, under, this.#of));
  }

  #stop(code: string, path: Path, says: string): never {
    throw new Stopped([this.#problem(code, [...this.#base, ...path], says)]);
  }

  #stopIf(code: string, path: Path, differences: readonly { field: string; says: string }[]): void {
    if (differences.length === 0) return;
    throw new Stopped(
      differences.map(({ field, says }) => this.#problem(code, [...this.#base, ...path, field], says)),
    );
  }

  #problem(code: string, path: Path, says: string): Problem {
    const { file, places } = this.#of;
    return { code, level: 'error', file, ...places.value(path), says };
  }
}

function valueOf(
  declared: Readonly<Record<string, Param>>,
  name: string,
  value: unknown,
): { value: unknown } | { problem: string; remedy?: string } {
  const param = Object.hasOwn(declared, name) ? declared[name] : undefined;
  if (param === undefined) {
    const remedy = suggestion(name, Object.keys(declared));
    return { problem: `${name} is not asked for.`, ...(remedy ? { remedy } : {}) };
  }
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
    return { problem: `${name} must be text, a number, or true or false.` };
  const parsed = parseParam(param, value);
  return 'problem' in parsed ? { problem: `${name}: ${parsed.problem}` } : parsed;
}

/** The step that a button belongs to. */
function stepOf({ clicked: { value } }: Shown): string | undefined {
  if ('step' in value) return value.step;
  return 'at' in value ? value.at.step : undefined;
}
