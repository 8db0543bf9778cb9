/** The forms that a report can have, by the name that `report.profile` of handrail.yaml gives. */
import { bcgovProfile } from './profiles/bcgov.ts';
import { defaultProfile } from './profiles/default.ts';
import { pydisProfile } from './profiles/pydis.ts';
import type { Profile } from './report.ts';

/** `default`: facts, story, evidence. `bcgov` and `pydis`: the two forms in which our reference users write theirs. */
export const profiles = {
  default: defaultProfile,
  bcgov: bcgovProfile,
  pydis: pydisProfile,
} as const satisfies Readonly<Record<string, Profile>>;

export type ProfileName = keyof typeof profiles;

export const profileNames = Object.keys(profiles) as readonly ProfileName[];

/** Undefined when there is none of this name. */
export const profileNamed = (name: string): ProfileName | undefined =>
  profileNames.find((one) => one === name);
