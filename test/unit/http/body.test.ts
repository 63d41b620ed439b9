import assert from 'node:assert/strict';
import { request } from 'node:http';
import { connect } from 'node:net';
import { readJson } from '../../../src/http/body.js';
import { problemAnswer } from '../../../src/http/refusal.js';
import { pledge, serving } from './serve.js';

const BYTES_MAX = 1_000;

/** A server that answers with what it read, or with the problem. */
function echoing<T>(use: (url: string, port: number) => Promise<T>): Promise<T> {
  return serving(
    (req, res) => {
      readJson(req, BYTES_MAX).then(
        (body) => res.end(JSON.stringify({ body: body ?? 'EMPTY' })),
        (error: unknown) => {
          const { problem } = problemAnswer(error, 'r');
          const close = req.complete ? {} : { Connection: 'close' };
          res.writeHead(problem.status, close).end(JSON.stringify(problem));
        },
      );
    },
    (server) => use(server.url, server.port),
  );
}

async function post(body: string | Buffer | undefined, headers: Record<string, string> = JSON_HEADERS) {
  return echoing(async (url) => {
    const answer = await fetch(url, { method: 'POST', headers, ...(body === undefined ? {} : { body }) });
    return { status: answer.status, json: (await answer.json()) as { body?: unknown; code?: string; detail?: string } };
  });
}
const JSON_HEADERS = { 'content-type': 'application/json' };

describe('a request body', () => {
  it('is read as JSON', async () => {
    assert.deepEqual(await post('{"a":1}'), { status: 200, json: { body: { a: 1 } } });
    assert.deepEqual((await post('\ufeff{"a":1}')).json, { body: { a: 1 } });
  });

  it('may be absent', async () => {
    assert.deepEqual((await post(undefined, {})).json, { body: 'EMPTY' });
  });

  it('may be as large as the limit and not a byte larger', async () => {
    const text = (bytes: number) => `"${'x'.repeat(bytes - 2)}"`;
    assert.equal((await post(text(BYTES_MAX))).status, 200);
    const { status, json } = await post(text(BYTES_MAX + 1));
    assert.equal(status, 413);
    assert.equal(json.code, 'payload_too_large');
    assert.equal((await post(text(3_000_000))).status, 413);
  });

  it('is counted when no length is announced', async () => {
    const status = await echoing(
      (url) =>
        new Promise((resolve, reject) => {
          const call = request(url, { method: 'POST', headers: JSON_HEADERS }, (res) => {
            res.resume();
            resolve(res.statusCode);
          });
          call.on('error', reject);
          for (let i = 0; i < 5; i++) call.write('x'.repeat(400));
          call.end();
        }),
    );
    assert.equal(status, 413);
  });

  it('is refused before it is sent when its announced length is far over the limit', async () => {
    const head = await echoing(
      (_url, port) =>
        new Promise<string>((resolve, reject) => {
          const socket = connect(port, '127.0.0.1', () => {
            socket.write(
              'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\n\r\n{',
            );
          });
          socket.on('error', reject);
          socket.once('data', (data) => {
            socket.destroy();
            resolve(data.toString());
          });
        }),
    );
    assert.match(head, /^HTTP\/1\.1 413 /);
    assert.match(head, /connection: close/i);
  });

  it('must be of the type application/json in UTF-8', async () => {
    for (const type of ['application/json; charset=utf-8', 'Application/JSON', 'application/json;charset="UTF-8"']) {
      assert.equal((await post('{}', { 'content-type': type })).status, 200, type);
    }
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/json; charset=latin1',
      'application/jsonx',
    ]) {
      const { status, json } = await post('{}', { 'content-type': type });
      assert.equal(status, 415, type);
      assert.match(String(json.detail), /must be application\/json in UTF-8/);
    }
  });

  it('must not be compressed', async () => {
    const { status, json } = await post('x', { ...JSON_HEADERS, 'content-encoding': 'gzip' });
    assert.equal(status, 415);
    assert.match(String(json.detail), /without Content-Encoding/);
  });

  it('that is no JSON is 400 with the place', async () => {
    const { status, json } = await post('{"to": {"users": ["a"],}}');
    assert.equal(status, 400);
    assert.equal(json.code, 'malformed_json');
    assert.match(String(json.detail), /line 1, column 24 \(offset 23\)/);
  });

  it('whose sender goes away ends the handler', async () => {
    const ended = pledge<unknown>();
    await serving(
      (req, res) => {
        readJson(req, BYTES_MAX).catch((error: unknown) => {
          ended.resolve(error);
          res.destroy();
        });
      },
      async ({ port }) => {
        const socket = connect(port, '127.0.0.1', () => {
          socket.end('POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"a"');
        });
        assert.match(String(await ended.promise), /closed before the body had arrived/);
        socket.destroy();
      },
    );
  });
});
