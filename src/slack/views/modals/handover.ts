/** The form that hands a role over: conditions, actions, needs. */
import type { HandoverDraft } from '../../../incidents/so-far.ts';
import { modal, personInput, textInput, type View } from '../../blocks.ts';
import { callbackId, writeData } from '../../ids.ts';

export const HANDOVER = {
  person: 'person',
  role: 'role',
  conditions: 'conditions',
  actions: 'actions',
  needs: 'needs',
} as const;

/** Three texts fit together with their labels into what an event keeps of them. */
const MOST = 900;

export function handoverModal(given: {
  incident: number;
  role: string;
  /** Slack id of the next person. */
  to?: string;
  draft: HandoverDraft;
}): View {
  const { incident, role, to, draft } = given;
  const part = (block: keyof HandoverDraft, label: string) =>
    textInput({ block, label, lines: true, optional: true, most: MOST, value: draft[block] });
  return modal({
    callback: callbackId('handover'),
    title: `Hand over INC-${incident}`,
    submit: 'Hand over',
    metadata: writeData('handover', { incident }),
    blocks: [
      personInput({ block: HANDOVER.person, label: 'To whom?', ...(to ? { chosen: to } : {}) }),
      textInput({ block: HANDOVER.role, label: 'Which role?', most: 40, value: role }),
      part('conditions', 'Conditions: how are things?'),
      part('actions', 'Actions: what was tried and done?'),
      part('needs', 'Needs: what comes next, who waits for what?'),
    ],
  });
}
