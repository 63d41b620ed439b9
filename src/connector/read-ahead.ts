/** Where letters wait: in the device's mailbox, or in its app's log for everyone. */
export type Source = 'mail' | 'log';

/** What one connection has still to read, one read at a time: the mailbox before the log. */
export class ReadAhead {
  /** There may be more than was read. */
  #moreMail = true;
  #moreLog: boolean;
  #reading: Source | undefined;
  #limit = 0;
  /** Something new came while it was read. */
  #again = false;

  constructor(hasLog: boolean) {
    this.#moreLog = hasLog;
  }

  /** There is something new, or something was read and not sent. */
  more(source: Source): void {
    if (this.#reading === source) this.#again = true;
    this.#set(source, true);
  }

  /** Whether something is before what comes now, so that it has to be read in its turn. */
  isBehind(source: Source): boolean {
    return this.#reading === source || (source === 'mail' ? this.#moreMail : this.#moreLog);
  }

  /** Whether there is something to read, and nobody reads. */
  get isWanted(): boolean {
    return this.#reading === undefined && (this.#moreMail || this.#moreLog);
  }

  /** A read begins. @returns of what */
  begin(limit: number): Source {
    const source = this.#moreMail ? 'mail' : 'log';
    this.#reading = source;
    this.#limit = limit;
    this.#set(source, false);
    return source;
  }

  /** A read brought so many: there may be more where it is as many as were asked for. */
  answered(source: Source, count: number): void {
    this.#reading = undefined;
    this.#set(source, this.#again || count >= this.#limit);
    this.#again = false;
  }

  /** A read brought nothing, and is due again. */
  failed(): void {
    if (this.#reading !== undefined) this.#set(this.#reading, true);
    this.#reading = undefined;
  }

  #set(source: Source, more: boolean): void {
    if (source === 'mail') this.#moreMail = more;
    else this.#moreLog = more;
  }
}
