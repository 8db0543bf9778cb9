/** The names that views write and listeners read: buttons with their values, modals with their metadata, shortcuts. */
import { z } from 'zod';

const incident = z.int().positive();
const at = z.strictObject({ run: z.int().positive(), step: z.string().max(200), try: z.int().positive() });
const hash = z.string().max(128);
const step = z.strictObject({ incident, at });
const planned = z.strictObject({ incident, at, hash });
const alone = z.strictObject({ incident });
const looseEnd = z.strictObject({ incident, looseEnd: z.string().max(200) });

const target = z.strictObject({
  namespace: z.string().max(253),
  kind: z.string().max(64),
  name: z.string().max(253),
  says: z.string().max(900),
});
/** Holders of locks that the person was shown. */
const from = z.array(z.string().max(300)).max(20);

const entry = z.strictObject({ incident, entry: z.string().max(200) });
/** The line beside which a page of the timeline begins; the line before its event's own is half a version sooner. */
const timelinePlace = z.strictObject({ way: z.enum(['earlier', 'later']), at: z.int(), version: z.number() });
const timelineFilter = z.strictObject({
  kind: z.string().max(20).optional(),
  by: z.string().max(100).optional(),
  hidden: z.literal(true).optional(),
});

/** Every button and what its value holds. */
const buttons = {
  'open-run': z.strictObject({
    incident,
    runbook: z.string().max(100).optional(),
    with: z.record(z.string(), z.unknown()).optional(),
    follows: z.int().positive().optional(),
  }),
  'open-inside': step,
  'open-note': alone,
  'open-update': alone,
  'open-still': alone,
  'quiet-later': alone,
  'open-roles': alone,
  'open-resolve': alone,
  'confirm-target': z.strictObject({ incident, target, as: z.enum(['also', 'instead']).optional() }),
  'drop-target': z.strictObject({ incident, target }),
  'take-over': z.strictObject({ incident, at, from, arrives: z.boolean() }),
  confirm: planned,
  /** The phrase is in it: the modal opens before anything is read. */
  'open-phrase': z.strictObject({
    incident,
    at,
    hash,
    phrase: z.string().max(400),
    says: z.string().max(400),
  }),
  'ask-approval': planned,
  approve: planned,
  'open-alone': planned,
  'plan-again': step,
  'check-again': step,
  'try-again': step,
  'open-again': step,
  'open-go-on': step,
  'open-skip': step,
  stop: step,
  undo: z.strictObject({ incident, run: z.int().positive(), step: z.string().max(200) }),
  'undo-all': z.strictObject({ incident, run: z.int().positive() }),
  'by-hand': step,
  choose: z.strictObject({ incident, at, choice: z.string().max(200) }),
  'open-choose': z.strictObject({ incident, at, choice: z.string().max(200).optional() }),
  'open-end-run': z.strictObject({ incident, run: z.int().positive() }),
  'left-check': alone,
  'left-undo': looseEnd,
  'open-keep': looseEnd,
  'left-check-one': looseEnd,
  'left-page': z.strictObject({ incident, page: z.int().nonnegative() }),
  'agree-keep': looseEnd.extend({ asked: z.int().optional() }),
  'open-keep-rest': alone,
  'open-gone': looseEnd,
  'open-move': looseEnd,
  'open-add-left': alone,
  'alone-agree': looseEnd,
  'open-alone-disagree': looseEnd,
  /** `page`: as it was written until pages were anchored; still answered. */
  timeline: z.strictObject({
    incident,
    page: z.int().nonnegative().optional(),
    to: timelinePlace.optional(),
    only: timelineFilter.optional(),
  }),
  'open-entry': entry,
  'open-erase': entry,
  erase: z.strictObject({ incident, erase: z.string().max(40) }),
  'report-review': alone,
  'report-file': alone,
  'report-status': z.strictObject({ incident, to: z.enum(['draft', 'in review', 'final']) }),
  'open-section': z.strictObject({ incident, section: z.string().max(60).optional() }),
  'open-whys': alone,
  'open-follow-ups': alone,
  'open-follow-up': z.strictObject({
    incident,
    id: z.string().max(100).optional(),
    text: z.string().max(1600).optional(),
  }),
  'open-waive': alone,
  pick: z.strictObject({ incident, text: z.string() }),
  declare: z.strictObject({ channel: z.string().max(40).optional() }),
} as const;

export type ButtonVerb = keyof typeof buttons;
export type ButtonValue<V extends ButtonVerb> = z.input<(typeof buttons)[V]>;

/** A button as it was clicked. */
export type Clicked = {
  [V in ButtonVerb]: { readonly verb: V; readonly value: z.output<(typeof buttons)[V]> };
}[ButtonVerb];

const PREFIX = 'hr:';

/** All buttons of Handrail, for one listener. */
export const anyButton = /^hr:/;

/** Two buttons of one verb in the same message are told apart by `n`. */
export function actionId(verb: ButtonVerb, n?: number): string {
  return n === undefined ? `${PREFIX}${verb}` : `${PREFIX}${verb}:${n}`;
}

/** Throws when the value cannot be held by a button: a view's mistake, found by its tests. */
export function writeValue<V extends ButtonVerb>(verb: V, value: ButtonValue<V>): string {
  const text = JSON.stringify(value);
  if (text.length > 2000) throw new Error(`the value of the button ${verb} is longer than 2,000 characters`);
  return text;
}

/** What was clicked, or undefined for anything that Handrail did not write. */
export function readButton(action: string, value: string | undefined): Clicked | undefined {
  const verb = action.startsWith(PREFIX) ? action.slice(PREFIX.length).split(':')[0] : undefined;
  if (verb === undefined || !Object.hasOwn(buttons, verb)) return undefined;
  const schema = buttons[verb as ButtonVerb];
  const parsed = schema.safeParse(json(value));
  return parsed.success ? ({ verb, value: parsed.data } as Clicked) : undefined;
}

const place = { channel: z.string().max(40).optional() };
const message = z.strictObject({ channel: z.string().max(40), ts: z.string().max(40) });

/** Every modal and what its metadata holds. */
const modals = {
  declare: z.strictObject({ ...place, message: message.optional() }),
  note: z.strictObject({ incident }),
  update: z.strictObject({ incident }),
  handover: z.strictObject({ incident }),
  still: z.strictObject({ incident }),
  /** `words`: a hash of the words that were shown; the rest as it was shown. */
  entry: z.strictObject({
    incident,
    entry: z.string().max(200),
    words: z.string().max(64),
    at: z.int(),
    until: z.int().optional(),
    precision: z.enum(['exact', 'about']),
    hidden: z.boolean(),
  }),
  erase: entry,
  role: z.strictObject({ incident }),
  resolve: z.strictObject({ incident }),
  run: z.strictObject({
    incident,
    runbook: z.string().max(100).optional(),
    follows: z.int().positive().optional(),
  }),
  inside: z.strictObject({ incident, at, runbook: z.string().max(100) }),
  phrase: planned,
  alone: planned,
  'take-over': z.strictObject({ incident, at, from }),
  again: step,
  'go-on': step,
  skip: step,
  'end-run': z.strictObject({ incident, run: z.int().positive() }),
  choose: step,
  keep: looseEnd,
  'keep-rest': alone,
  gone: looseEnd,
  move: looseEnd,
  'add-left': alone,
  'alone-disagree': looseEnd,
  'pick-section': alone,
  /** `was`: the entry that wrote what the person saw; 0 for an empty section. */
  section: z.strictObject({ incident, section: z.string().max(60), was: z.int().nonnegative() }),
  whys: z.strictObject({ incident, n: z.int().nonnegative() }),
  'pick-follow-up': alone,
  'follow-up': z.strictObject({ incident, id: z.string().max(100).optional() }),
  waive: alone,
  'pick-for-message': z.strictObject({ message, author: z.string().max(40).optional() }),
  told: z.strictObject({}),
} as const;

export type ModalName = keyof typeof modals;
export type ModalData<M extends ModalName> = z.input<(typeof modals)[M]>;
export type Submitted = {
  [M in ModalName]: { readonly modal: M; readonly data: z.output<(typeof modals)[M]> };
}[ModalName];

/** All modals of Handrail, for one listener. */
export const anyModal = /^hr-/;

export function callbackId(modal: ModalName): string {
  return `hr-${modal}`;
}

export function writeData<M extends ModalName>(_modal: M, data: ModalData<M>): string {
  return JSON.stringify(data);
}

/** Which modal was submitted, or undefined for anything that Handrail did not write. */
export function readModal(callback: string, metadata: string): Submitted | undefined {
  const name = callback.startsWith('hr-') ? callback.slice(3) : '';
  if (!Object.hasOwn(modals, name)) return undefined;
  const parsed = modals[name as ModalName].safeParse(json(metadata || '{}'));
  return parsed.success ? ({ modal: name, data: parsed.data } as Submitted) : undefined;
}

/** The select of the modal *Run a runbook*: choosing shows the parameters. */
export const RUNBOOK_CHOSEN = 'hr-runbook-chosen';

/** Shortcuts, as the manifest names them. */
export const shortcuts = { keepMessage: 'handrail-keep-message', declare: 'handrail-declare' } as const;

/** The reaction that puts a message on the timeline. */
export const pushpins: ReadonlySet<string> = new Set(['pushpin', 'round_pushpin']);

export const COMMAND = '/incident';

/** Entries of messages: how they came onto the timeline decides whether a taken-off pushpin hides them. */
export const pinEntry = (channel: string, ts: string): string => `pin-${channel}-${ts}`;
export const keptEntry = (channel: string, ts: string): string => `msg-${channel}-${ts}`;

function json(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
