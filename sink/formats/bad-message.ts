/** Why a message cannot be stored as a row: it becomes a dead letter. */
export class BadMessage extends Error {
  readonly reason: string;

  constructor(reason: string, message: string) {
    super(message);
    this.reason = reason;
  }
}
