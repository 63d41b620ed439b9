import assert from 'node:assert/strict';
import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { streamLines } from '../../../src/http/ndjson-answer.js';
import { pledge, serving } from './serve.js';

/** Asks for what `lines` gives; `use` gets the answer unread. What the handler threw is told in the end. */
async function asking(
  lines: () => AsyncIterable<unknown>,
  use: (answer: IncomingMessage) => Promise<void>,
  method = 'GET',
): Promise<unknown> {
  const ended = pledge<unknown>();
  const handler = (req: IncomingMessage, res: ServerResponse) => {
    streamLines({ req, res }, lines()).then(ended.resolve, (error: unknown) => {
      res.destroy();
      ended.resolve(error);
    });
  };
  return serving(handler, async ({ url }) => {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const call = request(url, { method }, resolve).on('error', reject);
      call.end();
    }).catch(() => undefined);
    if (answer !== undefined) await use(answer);
    return ended.promise;
  });
}

async function textOf(answer: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of answer.setEncoding('utf8')) text += chunk;
  return text;
}

async function* numbers(count: number, told: { given: number; closed: boolean }) {
  try {
    for (let n = 0; n < count; n++) {
      told.given++;
      yield { n, padding: 'x'.repeat(1_000) };
    }
  } finally {
    told.closed = true;
  }
}

describe('lines as an answer', () => {
  it('arrive one JSON text each, with their type', async () => {
    const told = { given: 0, closed: false };
    await asking(
      () => numbers(3, told),
      async (answer) => {
        assert.equal(answer.headers['content-type'], 'application/x-ndjson');
        const lines = (await textOf(answer)).trimEnd().split('\n');
        assert.deepEqual(
          lines.map((line) => JSON.parse(line).n),
          [0, 1, 2],
        );
      },
    );
    assert.equal(told.closed, true);
  });

  it('are no lines where there are none, and none for HEAD, which reads no further', async () => {
    const told = { given: 0, closed: false };
    await asking(
      () => numbers(0, told),
      async (answer) => assert.equal(await textOf(answer), ''),
    );
    await asking(
      () => numbers(1_000, told),
      async (answer) => {
        assert.deepEqual([answer.statusCode, await textOf(answer)], [200, '']);
      },
      'HEAD',
    );
    assert.deepEqual(told, { given: 1, closed: true });
  });

  it('are read no faster than the reader takes them, and no more once it has gone', async () => {
    const told = { given: 0, closed: false };
    const outcome = await asking(
      () => numbers(1_000_000, told),
      async (answer) => {
        const full = await standstill(() => told.given);
        assert.ok(full > 0 && full < 50_000, `${full} of a million lines were made for a reader that reads nothing`);
        answer.destroy();
      },
    );
    assert.equal((outcome as { kind: string }).kind, 'streamed', 'nobody is left to be told of an error');
    assert.equal(told.closed, true);
    assert.ok(told.given < 50_000);
  });

  it('that fail before the first leave the answer to be a problem', async () => {
    // biome-ignore lint/correctness/useYield: it fails before it has anything to give.
    async function* broken() {
      throw new Error('no store');
    }
    const outcome = await asking(broken, async () => assert.fail('no answer was begun'));
    assert.match(String(outcome), /no store/);
  });

  it('that fail later break the answer off, so that it is not taken for the whole', async () => {
    async function* broken() {
      yield 1;
      throw new Error('no store');
    }
    const outcome = await asking(broken, async (answer) => {
      await assert.rejects(textOf(answer), /aborted|reset/i);
    });
    assert.match(String(outcome), /no store/);
  });
});

/** The value once it has not changed over several turns of the loop and some time. */
async function standstill(value: () => number): Promise<number> {
  for (let same = 0, last = -1; ; ) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    same = value() === last && last > 0 ? same + 1 : 0;
    last = value();
    if (same === 5) return last;
  }
}
