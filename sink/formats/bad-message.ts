/** Why a message cannot be stored as a row: it becomes a dead letter. */
export class BadMessage extends Error {
  readonly reason: string;

  constructor(reason: string, message: string) {
    super(message);
    this.reason = reason;
  }
}

/**
 * Refused by something that may judge otherwise another time: code of the user, or a registry. The claim keeps the verdict, so that
 * whoever completes the batch comes to the same one.
 */
export class Refused extends BadMessage {}
