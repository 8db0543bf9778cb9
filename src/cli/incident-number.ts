/** An incident as it is typed: `INC-7` or `7`. */
import { WrongInput } from './wrong-input.ts';

/** Throws WrongInput. */
export function incidentNumber(text: string): number {
  const match = /^(?:INC-)?(\d{1,9})$/i.exec(text);
  if (!match) throw new WrongInput(`${text} is not an incident: write it as INC-7`);
  return Number(match[1]);
}
