import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createAccessTickets, TICKET_LIFE_MS } from '../../../src/usecases/access-tickets.js';
import type { Access } from '../../../src/usecases/access-tokens.js';

const ACCESS: Access = {
  kind: 'access',
  app: 'demo',
  device: 'd1',
  user: null,
  scopes: new Set(['receive']),
  issuedAt: 0,
  expiresAt: 3_600_000,
  keyId: 'k',
};

describe('tickets that stand for an access token', () => {
  let now = 0;
  const open = () => createAccessTickets({ clock: { now: () => now }, random: (size) => randomBytes(size) });

  beforeEach(() => {
    now = 1_000;
  });

  it('are good once', () => {
    const tickets = open();
    const ticket = tickets.issue(ACCESS);
    assert.ok(ticket);
    assert.equal(ticket.expiresAt, now + TICKET_LIFE_MS);
    assert.equal(tickets.redeem(ticket.ticket), ACCESS);
    assert.equal(tickets.redeem(ticket.ticket), undefined);
  });

  it('are good for 30 seconds', () => {
    const tickets = open();
    const [early, late] = [tickets.issue(ACCESS), tickets.issue(ACCESS)];
    assert.ok(early && late);
    now += 29_999;
    assert.equal(tickets.redeem(early.ticket), ACCESS);
    now += 1;
    assert.equal(tickets.redeem(late.ticket), undefined);
  });

  it('cannot be guessed from one another, and fit into a URL as they are', () => {
    const tickets = open();
    const given = Array.from({ length: 100 }, () => tickets.issue(ACCESS)?.ticket ?? '');
    assert.equal(new Set(given).size, 100);
    for (const ticket of given) assert.match(ticket, /^[A-Za-z0-9_-]{43}$/);
    assert.equal(tickets.redeem('x'), undefined);
  });

  it('are not made without end', () => {
    const tickets = open();
    for (let n = 0; n < 100_000; n++) tickets.issue(ACCESS);
    assert.equal(tickets.issue(ACCESS), undefined);
    now += TICKET_LIFE_MS;
    assert.ok(tickets.issue(ACCESS), 'those that ended make room');
  });
});
