import { connect, type Socket } from 'node:net';

/** An answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  /** Names in lower case; of a name that came twice, the last. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/** A keep-alive connection that sends whatever bytes it is given, one request at a time. */
export interface RawConnection {
  /**
   * Sends one request and waits for its answer; connects anew where the last one was closed.
   *
   * @param bodiless the answer has no body whatever its headers say, as of HEAD
   * @throws when the connection ends before a whole answer, or nothing comes for 20 s
   */
  exchange(request: Buffer, bodiless: boolean): Promise<RawAnswer>;
  close(): void;
}

const PATIENCE_MS = 20_000;
const HEAD_END = Buffer.from('\r\n\r\n');

export function openRawConnection(port: number): RawConnection {
  let socket: Socket | undefined;

  function current(): Socket {
    if (socket === undefined || socket.destroyed || !socket.writable) {
      socket = connect(port, '127.0.0.1').setNoDelay(true);
      socket.on('error', () => {}); // what it does to a request is told by `close`
    }
    return socket;
  }

  return {
    exchange(request, bodiless) {
      const used = current();
      return new Promise<RawAnswer>((resolve, reject) => {
        let received: Buffer = Buffer.alloc(0);
        const timer = setTimeout(() => settle(new Error(`no answer within ${PATIENCE_MS} ms`)), PATIENCE_MS);
        function settle(outcome: RawAnswer | Error): void {
          clearTimeout(timer);
          used.off('data', onData).off('close', onClose);
          if (outcome instanceof Error || outcome.headers.get('connection') === 'close') used.destroy();
          if (outcome instanceof Error) reject(outcome);
          else resolve(outcome);
        }
        function onData(part: Buffer): void {
          received = received.length === 0 ? part : Buffer.concat([received, part]);
          try {
            const answer = parseAnswer(received, bodiless);
            if (answer !== undefined) settle(answer);
          } catch (error) {
            settle(error instanceof Error ? error : new Error(String(error)));
          }
        }
        function onClose(): void {
          settle(new Error(`the connection ended after ${received.length} bytes of an answer`));
        }
        used.on('data', onData).on('close', onClose);
        used.write(request);
      });
    },
    close() {
      socket?.destroy();
    },
  };
}

/** @returns undefined while it has not arrived whole. @throws for what is no HTTP/1.1 answer */
function parseAnswer(bytes: Buffer, bodiless: boolean): RawAnswer | undefined {
  const end = bytes.indexOf(HEAD_END);
  if (end === -1) return undefined;
  const [first = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1]);
  if (!Number.isInteger(status)) throw new Error(`no status line: ${first.slice(0, 100)}`);
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
    }),
  );
  const rest = bytes.subarray(end + HEAD_END.length);
  if (status < 200) return parseAnswer(rest, bodiless); // 100 Continue: the answer itself follows
  if (bodiless || status === 204 || status === 304) return { status, headers, body: Buffer.alloc(0) };
  const body = headers.get('transfer-encoding') === 'chunked' ? readChunks(rest) : readLength(rest, headers);
  return body === undefined ? undefined : { status, headers, body };
}

function readLength(rest: Buffer, headers: ReadonlyMap<string, string>): Buffer | undefined {
  const length = Number(headers.get('content-length'));
  if (!Number.isSafeInteger(length)) throw new Error('an answer with neither length nor chunks');
  return rest.length < length ? undefined : rest.subarray(0, length);
}

function readChunks(rest: Buffer): Buffer | undefined {
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const line = rest.indexOf('\r\n', at);
    if (line === -1) return undefined;
    const size = Number.parseInt(rest.subarray(at, line).toString('latin1'), 16);
    if (!Number.isSafeInteger(size)) throw new Error('a chunk without a size');
    const start = line + 2;
    if (rest.length < start + size + 2) return undefined;
    if (size === 0) return Buffer.concat(parts);
    parts.push(rest.subarray(start, start + size));
    at = start + size + 2;
  }
}
