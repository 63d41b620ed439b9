import assert from 'node:assert/strict';
import { InvalidInputError } from '../../../providers/contract.js';
import type { FieldFault } from '../../../src/domain/errors.js';
import { readRegion } from '../../../src/usecases/read-region.js';

const regional = {
  parseRegion(raw: string) {
    if (raw === 'Europe') return 'eu';
    throw new InvalidInputError('there is no such region');
  },
};

describe('the region of a registration', () => {
  it('is the provider’s own word for it', () => {
    const faults: FieldFault[] = [];
    assert.deepEqual(readRegion('Europe', regional, '/registrations/0', faults), { region: 'eu' });
    assert.deepEqual(faults, []);
  });

  it('is left as it is where the provider has no regions, and out where there is none', () => {
    assert.deepEqual(readRegion('anywhere', {}, '', []), { region: 'anywhere' });
    assert.deepEqual(readRegion(undefined, regional, '', []), {});
  });

  it('is a fault where the provider has no such region', () => {
    const faults: FieldFault[] = [];
    assert.deepEqual(readRegion('mars', regional, '/registrations/0', faults), {});
    const fault = { pointer: '/registrations/0/region', code: 'invalid_region', detail: 'there is no such region' };
    assert.deepEqual(faults, [fault]);
  });

  it('does not hide a mistake of the house', () => {
    const broken = {
      parseRegion(): string {
        throw new TypeError('broken');
      },
    };
    assert.throws(() => readRegion('eu', broken, '', []), TypeError);
  });
});
