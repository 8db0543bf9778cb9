/** Folds what an incident leaves behind for a while, and what has to follow it. */
import type { EventOf, Person } from '../events.ts';
import type { Incident } from '../state.ts';

type LeftEvent = EventOf<
  | 'loose_end_opened'
  | 'loose_end_settled'
  | 'loose_end_keep_asked'
  | 'loose_end_gone_said'
  | 'loose_end_moved'
  | 'ends_reminded'
  | 'time_over'
  | 'follow_up_added'
>;

export function evolveLeft(incident: Incident, event: LeftEvent): void {
  switch (event.type) {
    case 'loose_end_opened':
      incident.looseEnds.set(event.body.id, {
        id: event.body.id,
        opened: event.body,
        openedAt: event.at,
        // Who asked for it, also when somebody else approved it.
        openedBy: confirmerOf(incident, event.body) ?? event.by,
        state: event.body.state,
        ...(event.body.state === 'open' ? { madeAt: event.at } : {}),
        ...(event.body.owner ? { owner: event.body.owner } : {}),
        ...(event.body.untilAt === undefined ? {} : { keptUntil: event.body.untilAt }),
      });
      return;
    case 'time_over': {
      const end = incident.looseEnds.get(event.body.id);
      if (end) end.overSince = event.body.since;
      return;
    }
    case 'loose_end_settled': {
      const end = incident.looseEnds.get(event.body.id);
      if (!end) return;
      end.state = event.body.state;
      end.says = event.body.says;
      end.settledAt = event.at;
      if (event.body.state === 'open') end.madeAt ??= event.at;
      if (event.body.overdue) end.toldOver = true;
      // A look that finds it still there decides nothing: who waits for a second person goes on waiting.
      if (event.body.state === 'open') return;
      if (event.body.owner) end.owner = event.body.owner;
      end.keptUntil = event.body.untilAt;
      end.waits = undefined;
      end.keepAsked = undefined;
      return;
    }
    case 'loose_end_keep_asked': {
      const end = incident.looseEnds.get(event.body.id);
      if (!end) return;
      end.waits = { for: 'keep', by: event.by, at: event.at, says: event.body.reason };
      end.keepAsked = event.body;
      return;
    }
    case 'loose_end_gone_said': {
      const end = incident.looseEnds.get(event.body.id);
      if (!end) return;
      end.waits = { for: 'gone', by: event.by, at: event.at, says: event.body.says };
      end.keepAsked = undefined;
      return;
    }
    case 'loose_end_moved': {
      const end = incident.looseEnds.get(event.body.id);
      if (!end) return;
      end.state = 'moved';
      end.link = event.body.link;
      end.says = event.body.says ?? `Followed at ${event.body.link}`;
      end.settledAt = event.at;
      end.keptUntil = undefined;
      end.waits = undefined;
      end.keepAsked = undefined;
      return;
    }
    case 'ends_reminded':
      for (const id of event.body.ids) {
        const end = incident.looseEnds.get(id);
        if (end) end.askedFor = event.body.since;
      }
      return;
    case 'follow_up_added':
      incident.followUps.set(event.body.id, event.body);
      return;
  }
}

function confirmerOf(incident: Incident, end: EventOf<'loose_end_opened'>['body']): Person | undefined {
  const { run, step, try: number } = end;
  const state = run === undefined || step === undefined ? undefined : incident.runs.get(run)?.steps.get(step);
  return state?.tries.find((one) => one.try === number)?.confirmedBy;
}
