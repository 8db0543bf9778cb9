/** Folds how far the report is; the texts that people write stay in the events. */
import type { EventOf } from '../events.ts';
import type { Incident } from '../state.ts';

type ReportEvent = EventOf<
  'section_written' | 'why_written' | 'follow_up_changed' | 'report_status_set' | 'lint_waived'
>;

export function evolveReport(incident: Incident, event: ReportEvent): void {
  switch (event.type) {
    case 'section_written':
    case 'lint_waived':
      return;
    case 'why_written': {
      const { id, parent, open, removed } = event.body;
      if (removed) incident.whys.delete(id);
      else incident.whys.set(id, { ...(parent === undefined ? {} : { parent }), open });
      return;
    }
    case 'follow_up_changed': {
      const { id, dropped, ...given } = event.body;
      const known = incident.followUps.get(id);
      if (!known) return;
      if (dropped === undefined) incident.followUps.set(id, { ...known, ...given });
      else incident.followUps.delete(id);
      return;
    }
    case 'report_status_set':
      incident.reportStatus = event.body.to;
      return;
  }
}
