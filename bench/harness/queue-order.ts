/** Orders of W8 and what is told of them. */
export interface QueueOrder {
  readonly devices: number;
}

export interface QueueTold {
  readonly arrivals: number;
  readonly distinct: number;
  /** What the jobs took in the database when all of them waited. */
  readonly bytes: number;
}
