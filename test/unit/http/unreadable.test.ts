import assert from 'node:assert/strict';
import { listen } from '../../../src/http/server.js';
import { openRawConnection } from '../../support/hostile/raw-http.js';

describe('bytes that are no request', () => {
  const cases: readonly (readonly [string, string, number, string])[] = [
    ['a control character in a header', 'GET / HTTP/1.1\r\nHost: x\r\nX-A: a\u0001b\r\n\r\n', 400, 'malformed_request'],
    ['no HTTP at all', 'hello\r\n\r\n', 400, 'malformed_request'],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
      400,
      'malformed_request',
    ],
    [
      'headers without measure',
      `GET / HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`,
      431,
      'headers_too_large',
    ],
  ];
  for (const [name, bytes, status, code] of cases) {
    it(`are answered with a problem like every other: ${name}`, async () => {
      const options = { host: '127.0.0.1', port: 0, setting: 'server.listen', newRequestId: () => 'req_1' };
      const server = await listen((_req, res) => res.end(), options);
      const connection = openRawConnection(server.port);
      try {
        const answer = await connection.exchange(Buffer.from(bytes, 'latin1'), false);
        assert.equal(answer.status, status);
        assert.equal(answer.headers.get('content-type'), 'application/problem+json');
        assert.equal(answer.headers.get('connection'), 'close');
        const problem = JSON.parse(answer.body.toString()) as Record<string, unknown>;
        assert.deepEqual([problem.code, problem.status, problem.request_id], [code, status, 'req_1']);
      } finally {
        connection.close();
        await server.close(0);
      }
    });
  }

  it('are not what an unknown expectation is: that is passed over', async () => {
    const server = await listen((_req, res) => res.end('here'), {
      host: '127.0.0.1',
      port: 0,
      setting: 'server.listen',
    });
    const connection = openRawConnection(server.port);
    try {
      const request = 'GET / HTTP/1.1\r\nHost: x\r\nExpect: the-unexpected\r\n\r\n';
      assert.equal((await connection.exchange(Buffer.from(request), false)).status, 200);
    } finally {
      connection.close();
      await server.close(0);
    }
  });
});
