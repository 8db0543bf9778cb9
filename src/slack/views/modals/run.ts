/** The modal *Run a runbook*: which one, then what it asks for. */

import { pinnedAs } from '../../../incidents/pin.ts';
import { countWords } from '../../../runbooks/count-words.ts';
import type { Param, Runbook } from '../../../runbooks/runbook.ts';
import {
  type Block,
  choiceInput,
  context,
  modal,
  option,
  section,
  textInput,
  type View,
} from '../../blocks.ts';
import type { Listed } from '../../door.ts';
import { callbackId, type ModalData, RUNBOOK_CHOSEN, writeData } from '../../ids.ts';
import { esc, line } from '../../mrkdwn.ts';
import { hintOf } from './hint.ts';

export const RUNBOOK = 'runbook';

/** The block of a parameter. Chosen anew for another runbook, so that no value of the first one stays. */
export const paramBlock = (runbook: string, name: string): string => `param:${runbook}:${name}`;

export type Choices = Readonly<Record<string, readonly { readonly value: string; readonly label: string }[]>>;

/** Whether the live choices of a parameter are asked for. */
export function isLive(param: Param): boolean {
  return param.from !== undefined || param.type.includes('/');
}

/**
 * `choices` are the live ones that are known; a live parameter without an entry is still being asked for, one with an
 * empty list gets a text field.
 */
export function runModal(given: {
  incident: number;
  listed: readonly Listed[];
  chosen?: Listed;
  values?: Readonly<Record<string, unknown>>;
  choices?: Choices;
  /** Set while live choices are still read. */
  loading?: boolean;
  /** The ended run whose offer this is. */
  follows?: number;
}): View {
  const { incident, listed, chosen, values = {}, choices = {}, loading = false } = given;
  const offered = listed.filter((one) => one.runbook).slice(0, 100);
  const broken = listed.filter((one) => one.broken);
  const runbook = chosen?.runbook;
  if (offered.length === 0)
    return modal({
      callback: callbackId('told'),
      title: 'Run a runbook',
      metadata: writeData('told', {}),
      blocks: [section('There are no runbooks that can be run.'), ...brokenBlocks(broken)],
    });
  return modal({
    callback: callbackId('run'),
    title: 'Run a runbook',
    submit: 'Start',
    metadata: writeData('run', {
      incident,
      ...(chosen ? { runbook: chosen.id } : {}),
      ...(given.follows === undefined ? {} : { follows: given.follows }),
    }),
    blocks: [
      choiceInput({
        block: RUNBOOK,
        label: 'Runbook',
        options: offered.map((one) => option(`${one.title} (${one.id})`, one.id)),
        action: RUNBOOK_CHOSEN,
        ...(chosen ? { chosen: chosen.id } : {}),
      }),
      ...(runbook && chosen
        ? about(runbook, chosen)
        : [context('Checks run by themselves; every change shows its plan first.')]),
      ...(runbook ? paramBlocks(runbook, values, choices, loading) : []),
      ...brokenBlocks(broken),
    ],
  });
}

/** What the runbook inside a step still needs; what the step gives is filled in and can be changed. */
export function insideModal(given: {
  incident: number;
  at: ModalData<'inside'>['at'];
  listed: Listed;
  runbook: Runbook;
  values: Readonly<Record<string, unknown>>;
  choices?: Choices;
  loading?: boolean;
}): View {
  const { incident, at, listed, runbook, values, choices = {}, loading = false } = given;
  return modal({
    callback: callbackId('inside'),
    title: 'Start what is inside',
    submit: 'Start',
    metadata: writeData('inside', { incident, at, runbook: runbook.id }),
    blocks: [
      section(`*${line(runbook.title, 300)}*`),
      ...about(runbook, listed),
      ...paramBlocks(runbook, values, choices, loading),
    ],
  });
}

function about(runbook: Runbook, listed: Listed): Block[] {
  return [
    section(esc(runbook.summary, 800) || '-'),
    context(`${line(countWords(runbook.steps), 200)}  ·  ${line(pinnedAs(runbook.id, listed), 120)}`),
  ];
}

function paramBlocks(
  runbook: Runbook,
  values: Readonly<Record<string, unknown>>,
  choices: Choices,
  loading: boolean,
): Block[] {
  return Object.entries(runbook.params).map(([name, param]) => {
    if (stillReading(name, param, choices, loading)) return readingBlock(param);
    return paramInput(paramBlock(runbook.id, name), param, values[name], choices[name]);
  });
}

export function stillReading(name: string, param: Param, choices: Choices, loading: boolean): boolean {
  return loading && isLive(param) && choices[name] === undefined;
}

export function readingBlock(param: Param): Block {
  return context(`*${line(param.label, 200)}*: reading the choices …`);
}

/** A field for one parameter. */
export function paramInput(
  block: string,
  param: Param,
  value?: unknown,
  live?: readonly { readonly value: string; readonly label: string }[],
): Block {
  const first = value ?? param.default;
  const given =
    typeof first === 'string' || typeof first === 'number' || typeof first === 'boolean'
      ? `${first}`
      : undefined;
  const asked = { block, label: param.label, optional: !param.required };
  const chosen = given === undefined ? {} : { chosen: given };
  const usable = (live ?? []).filter((one) => one.value.length <= 150);
  if (usable.length > 0)
    return choiceInput({
      ...asked,
      options: usable.slice(0, 100).map((one) => option(one.label, one.value)),
      ...chosen,
    });
  if (param.type === 'enum' && (param.options ?? []).length > 0)
    return choiceInput({
      ...asked,
      options: (param.options ?? []).map((one) => option(one, one)),
      ...chosen,
    });
  if (param.type === 'bool')
    return choiceInput({ ...asked, options: [option('Yes', 'true'), option('No', 'false')], ...chosen });
  const hint = hintOf(param);
  return textInput({
    ...asked,
    most: 500,
    ...(given === undefined ? {} : { value: given }),
    ...(hint ? { hint } : {}),
  });
}

function brokenBlocks(broken: readonly Listed[]): Block[] {
  return broken.slice(0, 5).map(({ id, broken: why = '', runbook }) => {
    const what = runbook ? 'does not load as it is now; the version before is offered' : 'cannot be run';
    return context(`:warning: ${line(id, 80)} ${what}: ${line(why, 300)}`);
  });
}
