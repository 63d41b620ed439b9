import { Cluster, type ClusterNode, type ClusterOptions, Redis, type RedisOptions } from 'ioredis';

/**
 * A connection that says `end` whenever it is told to end. ioredis forgets that word where it is told so between two tries to
 * connect: it only drops the next try. BullMQ waits for it, in the middle of closing a worker, without a bound.
 */
export class EndingRedis extends Redis {
  override disconnect(reconnect = false): void {
    // As one that never tried: there is nothing to be closed first.
    if (!reconnect && this.status === 'reconnecting') this.status = 'wait';
    super.disconnect(reconnect);
  }

  override duplicate(override?: Partial<RedisOptions>): EndingRedis {
    return new EndingRedis({ ...this.options, ...override });
  }
}

/** The same of a cluster. */
export class EndingCluster extends Cluster {
  readonly #startNodes: readonly ClusterNode[];

  constructor(startNodes: readonly ClusterNode[], options: ClusterOptions) {
    super([...startNodes], options);
    this.#startNodes = startNodes;
  }

  override disconnect(reconnect = false): void {
    if (!reconnect && this.status === 'reconnecting') this.status = 'wait';
    super.disconnect(reconnect);
  }

  override duplicate(
    startNodes: readonly ClusterNode[] = this.#startNodes,
    override: ClusterOptions = {},
  ): EndingCluster {
    return new EndingCluster(startNodes, { ...this.options, ...override });
  }
}
