/** A mistake in what was typed: told in words with what to do, without a stack. Exit code 2. */
export class WrongInput extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WrongInput';
  }
}
