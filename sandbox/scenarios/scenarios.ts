/** The register of scenarios. */
import { pidpPatroni } from './pidp-patroni.ts';

export const SCENARIOS = [pidpPatroni] as const;
