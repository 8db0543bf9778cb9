/** Checks the name of a time zone. */
import { nearest } from '../catalog/nearest.ts';
import { quoted } from './problem.ts';

/**
 * What is wrong with a zone, or undefined. Abbreviations other than UTC are refused although the runtime takes some:
 * "EST" is a zone without summer time, so a report would be an hour wrong for half of the year.
 */
export function zoneProblem(zone: string): { readonly what: string; readonly todo: string } | undefined {
  if (zone === 'UTC') return undefined;
  const what = `unknown time zone ${quoted(zone)}`;
  if (/^[A-Za-z]{2,5}$/.test(zone)) {
    return { what, todo: 'write UTC, or a place, such as America/Vancouver: it knows its summer time' };
  }
  if (/^[A-Z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)+$/.test(zone)) {
    try {
      Intl.DateTimeFormat('en', { timeZone: zone });
      return undefined;
    } catch {
      // Not a zone of this machine: named below.
    }
  }
  const zones = Intl.supportedValuesOf('timeZone');
  const near =
    nearest(zone, zones) ?? zones.find((one) => one.toLowerCase().endsWith(`/${zone.toLowerCase()}`));
  return { what, todo: near ? `did you mean ${near}?` : 'write UTC, or a place, such as Europe/Berlin' };
}
