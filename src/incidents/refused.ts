/** A decision that is not taken, in words for the person who asked. */
export class Refused extends Error {
  readonly code: string;
  readonly says: string;

  constructor(code: string, says: string) {
    super(says);
    this.name = 'Refused';
    this.code = code;
    this.says = says;
  }
}
