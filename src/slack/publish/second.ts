/** Posts that personal data or access is to be kept, calling who may agree; once it is answered the button goes. */
import { keepAskedMessage } from '../views/left-told.ts';
import type { Stage } from './stage.ts';
import { whoApproves } from './wait.ts';

const key = (looseEnd: string): string => `keep:${looseEnd}`;
/** It is about no step. */
const NOWHERE = { run: 0, step: '', try: 0 };

export async function publishKeepAsked(stage: Stage, channel: string, looseEnd: string): Promise<void> {
  const { incident } = stage.shown;
  const end = incident.looseEnds.get(looseEnd);
  // Answered before it could be asked.
  if (end?.waits?.for !== 'keep') return;
  const approvers = await whoApproves(stage, [], NOWHERE);
  await stage.post(key(looseEnd), channel, keepAskedMessage(incident, end, approvers));
}

export async function settleKeepAsked(stage: Stage, looseEnd: string): Promise<void> {
  const { incident } = stage.shown;
  const end = incident.looseEnds.get(looseEnd);
  const place = stage.posted(key(looseEnd));
  if (!end || !place || end.waits?.for === 'keep') return;
  const message = keepAskedMessage(incident, end, { users: [], usergroups: [] });
  await stage.update('the question whether it is kept', place, message);
}
