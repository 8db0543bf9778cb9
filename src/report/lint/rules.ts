/** The rules of the review, by their codes. A new one is a file beside the others and a line here. */
import type { Rule } from './rule.ts';
import { pir001 } from './rules/pir001-sections.ts';
import { pir002 } from './rules/pir002-impact.ts';
import { pir003 } from './rules/pir003-end.ts';
import { pir005 } from './rules/pir005-holes.ts';
import { pir006 } from './rules/pir006-whys.ts';
import { pir007 } from './rules/pir007-owner.ts';
import { pir008 } from './rules/pir008-done.ts';
import { pir009 } from './rules/pir009-promises.ts';
import { pir010 } from './rules/pir010-blame.ts';
import { pir011 } from './rules/pir011-outside.ts';
import { pir012 } from './rules/pir012-times.ts';
import { pir013 } from './rules/pir013-start.ts';
import { pir014 } from './rules/pir014-left.ts';
import { pir015 } from './rules/pir015-evidence.ts';
import { pir016 } from './rules/pir016-secrets.ts';
import { pir017 } from './rules/pir017-again.ts';
import { pir018 } from './rules/pir018-alone.ts';
import { pir020 } from './rules/pir020-milestones.ts';

export const rules: readonly Rule[] = [
  pir001,
  pir002,
  pir003,
  pir005,
  pir006,
  pir007,
  pir008,
  pir009,
  pir010,
  pir011,
  pir012,
  pir013,
  pir014,
  pir015,
  pir016,
  pir017,
  pir018,
  pir020,
];
