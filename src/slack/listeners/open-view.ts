/** Opens a modal. The second delivery of the same click finds its trigger used, and that is all right. */
import { webApi } from '@slack/bolt';
import type { View } from '../blocks.ts';
import type { Room } from '../room.ts';
import type { OpenView } from './context.ts';

/** Undefined when the trigger was used or is too old (3 s): the person presses again. */
export async function openView(room: Room, trigger: string, view: View): Promise<OpenView | undefined> {
  try {
    const { view: opened } = await room.client.views.open({ trigger_id: trigger, view });
    return opened?.id ? { id: opened.id, hash: opened.hash ?? '' } : undefined;
  } catch (error) {
    const code = error instanceof webApi.WebAPIPlatformError ? error.data.error : undefined;
    if (code === 'exchanged_trigger_id' || code === 'expired_trigger_id') {
      room.log.debug({ code }, 'a modal was not opened');
      return undefined;
    }
    throw error;
  }
}
