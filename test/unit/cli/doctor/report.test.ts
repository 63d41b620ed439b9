import assert from 'node:assert/strict';
import { report } from '../../../../src/cli/doctor/report.js';
import type { Told } from '../../../../src/cli/doctor/run.js';

const asIs = (_look: unknown, text: string) => text;
const many = (count: number, part: Partial<Told>): Told[] =>
  Array.from({ length: count }, (_, n) => ({
    check: 'apps',
    subject: `a${n}`,
    verdict: 'ok',
    says: 'is well',
    ...part,
  }));

describe('the report of doctor', () => {
  it('has a line for each finding, what to do below it, and the sum at its end', () => {
    const text = report(
      [
        { check: 'clock', subject: 'time', verdict: 'ok', says: 'within 1 s' },
        { check: 'egress', subject: 'egress.allow', verdict: 'fault', says: 'too wide', cure: 'Remove it.' },
      ],
      asIs,
    );
    assert.equal(
      text,
      [
        'ok       clock   time: within 1 s',
        'FAULT    egress  egress.allow: too wide',
        '                 → Remove it.',
        '',
        '1 fault, 1 ok',
        '',
      ].join('\n'),
    );
  });

  it('stays short where hundreds of apps are well, and counts all of them', () => {
    const lines = report([...many(900, {}), ...many(25, { verdict: 'warning', cure: 'Add one.' })], asIs).split('\n');
    assert.equal(lines.filter((line) => line.startsWith('ok')).length, 8);
    assert.equal(lines.filter((line) => line.startsWith('warning')).length, 20);
    assert.match(lines.join('\n'), /and: 893 like these; --json tells each/);
    assert.equal(lines.at(-2), '25 warnings, 900 ok');
  });

  it('lets nothing in a name move the cursor', () => {
    assert.ok(!report(many(1, { subject: 'a\u001b[2Jb', says: 'c\nd' }), asIs).includes('\u001b'));
  });
});
