import assert from 'node:assert/strict';
import fc from 'fast-check';
import { choosePerUser, PER_USER_RULES, type PerUserRule, type Rival } from '../../../src/domain/per-user.js';

/** What the rule says, in other words: looked at user by user. */
function plainly(rule: PerUserRule, rivals: readonly Rival[], online: ReadonlySet<string>): string[] {
  return rivals
    .filter(({ device, user, lastSeenAt }) => {
      if (rule === 'all' || user === null) return true;
      const others = rivals.filter((rival) => rival.user === user && rival.device !== device);
      if (rule === 'online_or_last_active') {
        if (online.has(device)) return true;
        if (others.some((other) => online.has(other.device))) return false;
      }
      const seen = lastSeenAt ?? Number.NEGATIVE_INFINITY;
      return others.every((other) => {
        const otherSeen = other.lastSeenAt ?? Number.NEGATIVE_INFINITY;
        return otherSeen < seen || (otherSeen === seen && device < other.device);
      });
    })
    .map(({ device }) => device)
    .sort();
}

describe('delivery.per_user', () => {
  it('chooses as the rule says, whoever is there, connected and last heard of', () => {
    const rivals = fc.uniqueArray(
      fc.record(
        {
          device: fc.constantFrom(...'abcdefghijkl'),
          user: fc.constantFrom('ann', 'bob', 'cem', null),
          lastSeenAt: fc.nat(4),
        },
        { requiredKeys: ['device', 'user'] },
      ),
      { selector: ({ device }) => device },
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...PER_USER_RULES),
        rivals,
        fc.array(fc.constantFrom(...'abcdefghijkl')),
        (rule, list, connected) => {
          const online = new Set(connected);
          assert.deepEqual([...choosePerUser(rule, list, online)].sort(), plainly(rule, list, online));
        },
      ),
    );
  });
});
