/** The default profile: facts first, then what happened, what was changed, what is left and what nobody knows. */
import type { RootContent } from 'mdast';
import { fileNameOf, slug } from '../file-name.ts';
import type { ReportModel } from '../model.ts';
import { heading } from '../nodes.ts';
import type { Profile } from '../report.ts';
import type { Times } from '../times.ts';
import { leftBehind, openQuestions, record, runbooks } from './default/after.ts';
import { byHand, changes, decisions, evidence } from './default/done.ts';
import { followUps } from './default/follow-ups.ts';
import { facts, intervals, summary } from './default/head.ts';
import {
  cause,
  checkedAgain,
  detection,
  factors,
  impact,
  learnt,
  lessons,
  recovery,
  response,
} from './default/story.ts';
import { timelineTable } from './default/timeline.ts';
import { handovers, retrospective, updates, waived } from './default/told.ts';
import { onlyWords, otherNames, written } from './own-words.ts';
import { whys } from './whys.ts';

type Section = (report: ReportModel, times: Times) => RootContent[];

const sections: readonly (readonly [string, Section])[] = [
  ['Summary', summary],
  ['How long it took', intervals],
  // Only what people wrote: the timeline shows what the record knows of it.
  ['Leadup', (report) => onlyWords(report, 'leadup')],
  ['Impact', impact],
  ['Detection', detection],
  ['Response', response],
  ['Recovery', recovery],
  ['Checked again', checkedAgain],
  ['Cause', (report, times) => [...cause(report, times), ...factors(report)]],
  ['Five whys', whys],
  ['Timeline', timelineTable],
  ['Changes made', changes],
  ['Decisions', decisions],
  ['Evidence', evidence],
  ['By hand', byHand],
  ['Updates', updates],
  ['Handovers', handovers],
  ['Lessons', lessons],
  ['Questions for the retrospective', retrospective],
  ['What we learnt about the system', learnt],
  ['Left behind', leftBehind],
  ['Follow-ups', followUps],
  ['Open questions', openQuestions],
  ['Runbooks used', runbooks],
  ['Waived questions', waived],
  ['Record', record],
];

export const defaultProfile: Profile = {
  content(report, times) {
    const drill = report.drill ? 'Drill: ' : '';
    const title = heading(
      1,
      `${drill}${report.id} ${report.title.trim() === '' ? 'without a title' : report.title}`,
    );
    const body = sections.flatMap(([name, section]) => {
      const content = section(report, times);
      return content.length === 0 ? [] : [heading(2, name), ...content];
    });
    // What a newer Handrail asked people for is not lost.
    const others = written(report, otherNames(report), (name) => heading(2, name));
    return [title, ...facts(report, times), ...body, ...others];
  },
  fileName(report, times) {
    return fileNameOf(report.id.toLowerCase(), times.date(report.moments.start), slug(report.title));
  },
};
