/** Forms about what is said: an update for everybody else, and a short word to the question of a quiet channel. */
import { choiceInput, modal, option, section, textInput, type View } from '../../blocks.ts';
import { callbackId, writeData } from '../../ids.ts';
import { line } from '../../mrkdwn.ts';

export const UPDATE = { text: 'text', next: 'next', yes: 'yes' } as const;

/** Minutes until the next update; empty: none is promised. */
const nextUpdates = [
  ['', 'No promise'],
  ['15', 'In 15 minutes'],
  ['30', 'In 30 minutes'],
  ['60', 'In 1 hour'],
  ['120', 'In 2 hours'],
  ['240', 'In 4 hours'],
] as const;

const NONE = '0';

/** Minutes that were chosen; undefined: none. */
export function minutesOf(chosen: string): number | undefined {
  const found = nextUpdates.find(([value]) => value !== '' && value === chosen)?.[0];
  return found === undefined ? undefined : Number(found);
}

/** `channel`: the channel of updates, as handrail.yaml names it. `hidden`: the incident is private, or may be. */
export function updateModal(given: {
  incident: number;
  draft: string;
  channel: string | undefined;
  hidden: boolean;
}): View {
  const { incident, draft, channel, hidden } = given;
  const name =
    channel === undefined
      ? ''
      : /^[CG][A-Z0-9]{5,}$/.test(channel)
        ? `<#${channel}>`
        : `#${line(channel, 80)}`;
  const where =
    channel === undefined
      ? 'It goes into the incident’s channel and onto the timeline. For everybody else: set `slack.updates_channel` in handrail.yaml.'
      : hidden
        ? 'The incident is private: it goes into its own channel and onto the timeline.'
        : `It goes to ${name}, into the incident’s channel and onto the timeline.`;
  return modal({
    callback: callbackId('update'),
    title: `Update on INC-${incident}`,
    submit: 'Post',
    metadata: writeData('update', { incident }),
    blocks: [
      section(where),
      textInput({
        block: UPDATE.text,
        label: 'What should everybody else know?',
        lines: true,
        most: 3000,
        ...(draft ? { value: draft } : {}),
        hint: 'For people who do not work on it. Change what is proposed.',
      }),
      choiceInput({
        block: UPDATE.next,
        label: 'When does the next one come?',
        options: nextUpdates.map(([value, words]) => option(words, value || NONE)),
        chosen: NONE,
        hint: 'The lead is reminded when it has not come by then.',
      }),
      ...(hidden && channel !== undefined
        ? [
            textInput({
              block: UPDATE.yes,
              label: `Tell ${/^[CG][A-Z0-9]{5,}$/.test(channel) ? 'the channel for updates' : `#${channel}`} as well?`,
              optional: true,
              most: 20,
              placeholder: 'yes',
              hint: 'Type yes to let these words out. Number, title and channel stay inside. Empty: nothing leaves.',
            }),
          ]
        : []),
    ],
  });
}

export const STILL = 'still';

/** What is worked on, in a few words: it goes onto the timeline. */
export function stillModal(incident: number): View {
  return modal({
    callback: callbackId('still'),
    title: 'Still working on it',
    submit: 'Save',
    metadata: writeData('still', { incident }),
    blocks: [
      textInput({
        block: STILL,
        label: 'On what?',
        most: 300,
        placeholder: 'the restore of the dump, 40 % done',
        hint: 'One line for the timeline.',
      }),
    ],
  });
}
