// What touching a message's blocks does: it is told to the bot at once, and what comes of it is said below the message.

import { useMemo, useState } from 'preact/hooks';
import { type Entered, keyOf, type Surface } from '../blocks/surface.ts';
import { usePage } from './context.ts';

export function useMessageSurface(channel: string, ts: string): { surface: Surface; problem: string | null } {
  const { page } = usePage();
  const [entered, setEntered] = useState<Record<string, Entered>>({});
  const [busy, setBusy] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const surface = useMemo((): Surface => {
    const during = async (key: string, act: Parameters<typeof page.act>[0]) => {
      setBusy(key);
      setProblem(null);
      const outcome = await page.act(act, 'quiet');
      setBusy(null);
      if (!outcome.ok) setProblem(outcome.text ?? 'That did not work.');
    };
    return {
      click: (block, element, value) =>
        during(keyOf(block, element), {
          do: 'click',
          channel,
          ts,
          target: {
            action_id: String(element.action_id),
            block_id: String(block.block_id),
            ...(value === undefined ? {} : { value }),
          },
        }),
      change(block, element, value, done) {
        setEntered((old) => ({ ...old, [keyOf(block, element)]: value }));
        if (!done) return;
        const target = { action_id: String(element.action_id), block_id: String(block.block_id) };
        const sent = typeof value === 'object' && value !== null ? [...value] : value;
        void during(keyOf(block, element), { do: 'select', channel, ts, target, value: sent });
      },
      entered: (block, element) => entered[keyOf(block, element)],
      kept: () => undefined,
      busy,
      errors: {},
      prefix: `m${ts.replace('.', '-')}`,
    };
  }, [channel, ts, entered, busy]);
  return { surface, problem };
}
