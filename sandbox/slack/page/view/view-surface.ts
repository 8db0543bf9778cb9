// What touching the blocks of a modal or of the App Home does: fields are kept here and told before the view acts.

import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { PageOutcome, PageView } from '../../page-protocol.ts';
import { type Entered, isRecord, type Json, keyOf, listOf, type Surface } from '../blocks/surface.ts';
import { usePage } from './context.ts';

interface ViewAtWork {
  surface: Surface;
  problem: string | null;
  isSubmitting: boolean;
  submit: () => Promise<void>;
}

type Plain = string | number | string[] | null;
const plain = (value: Entered): Plain => (typeof value === 'object' && value !== null ? [...value] : value);

const without = <T>(values: Record<string, T>, key: string): Record<string, T> =>
  Object.fromEntries(Object.entries(values).filter(([each]) => each !== key));

/** Whether the app hears of a change at once. */
const tells = (block: Json): boolean => block.type !== 'input' || block.dispatch_action === true;

function keysIn(view: PageView): Set<string> {
  return new Set(
    listOf(view.blocks).flatMap((block) =>
      [...listOf(block.elements), block.element, block.accessory]
        .filter(isRecord)
        .map((element) => keyOf(block, element)),
    ),
  );
}

function keptIn(view: PageView, block: Json, element: Json): Json | undefined {
  const values = isRecord(view.state) && isRecord(view.state.values) ? view.state.values : {};
  const ofBlock = values[String(block.block_id)];
  const kept = isRecord(ofBlock) ? ofBlock[String(element.action_id)] : undefined;
  return isRecord(kept) ? kept : undefined;
}

export function useViewSurface(view: PageView): ViewAtWork {
  const { page } = usePage();
  const [entered, setEntered] = useState<Record<string, Entered>>({});
  const [busy, setBusy] = useState<string | null>(null);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [problem, setProblem] = useState<string | null>(null);
  /** Entered here, not yet told. */
  const untold = useRef<Record<string, Plain>>({});

  // A view that was updated may have other fields: what was entered into the old ones is forgotten, as on the server.
  useLayoutEffect(() => {
    const keys = keysIn(view);
    const onlyThese = <T>(values: Record<string, T>): Record<string, T> =>
      Object.fromEntries(Object.entries(values).filter(([key]) => keys.has(key)));
    untold.current = onlyThese(untold.current);
    setEntered(onlyThese);
  }, [view.hash]);

  const tell = async (last?: [string, Plain]): Promise<PageOutcome> => {
    const values = { ...untold.current };
    untold.current = {};
    if (last !== undefined) {
      // Last, so that what is told of the others is in the values it brings.
      delete values[last[0]];
      values[last[0]] = last[1];
    }
    if (Object.keys(values).length === 0) return { ok: true };
    return page.act({ do: 'fill', view: view.id, values }, 'quiet');
  };
  const during = async (key: string, work: () => Promise<PageOutcome>) => {
    setBusy(key);
    setProblem(null);
    const outcome = await work();
    setBusy(null);
    setErrors(outcome.errors ?? {});
    if (!outcome.ok && outcome.errors === undefined) setProblem(outcome.text ?? 'That did not work.');
  };

  const surface = useMemo(
    (): Surface => ({
      click: (block, element, value) =>
        during(keyOf(block, element), async () => {
          const told = await tell();
          const target = {
            action_id: String(element.action_id),
            block_id: String(block.block_id),
            ...(value === undefined ? {} : { value }),
          };
          return told.ok ? page.act({ do: 'clickInView', view: view.id, target }, 'quiet') : told;
        }),
      change(block, element, value, done) {
        const key = keyOf(block, element);
        setEntered((old) => ({ ...old, [key]: value }));
        setErrors((old) => without(old, String(block.block_id)));
        untold.current[key] = plain(value);
        if (done && tells(block)) void during(key, () => tell([key, plain(value)]));
      },
      entered: (block, element) => entered[keyOf(block, element)],
      kept: (block, element) => keptIn(view, block, element),
      busy,
      errors,
      prefix: `v${view.id}`,
    }),
    [view, entered, busy, errors],
  );

  return {
    surface,
    problem,
    isSubmitting: busy === 'submit',
    submit: () =>
      during('submit', async () => {
        const told = await tell();
        return told.ok ? page.act({ do: 'submitView', view: view.id }, 'quiet') : told;
      }),
  };
}
