/** Which errors are for the person at the terminal: told in words, without a stack, exit code 2. */
import { DatabaseCannotStart } from '../store/embedded/cannot-start.ts';
import { WrongInput } from './wrong-input.ts';

export function isToldInWords(error: unknown): error is Error {
  return error instanceof WrongInput || error instanceof DatabaseCannotStart;
}
