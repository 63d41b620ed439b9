import { NO_PROVIDERS } from '../../../../config/apps.js';
import { type ConfigFault, formatPlace } from '../../../../config/fault.js';
import { type EarlyCheck, type Finding, fault, ok, warning } from '../check.js';

const SEE_EXAMPLE = 'Correct it; every setting is in: pealbell config example gateway (or app).';

/** Whether the files can be read at all; their own words say what is wrong and where. */
export const configuration: EarlyCheck = {
  name: 'configuration',
  look({ reading, dir }) {
    if (reading.kind === 'faulty') return reading.faults.map(told);
    const { sources, warnings } = reading.config;
    const found: Finding[] = warnings
      .filter((text) => !text.includes(NO_PROVIDERS)) // the check of the apps says more
      .map((text) => warning('files', text.replace(/\.$/, ''), 'Mend it as the sentence says, then run doctor again.'));
    if (sources.length === 0) {
      const cure = `Make one: pealbell init ${dir}`;
      return [...found, warning(dir, 'there are no files: every setting has its default, and there is no app', cure)];
    }
    const files = sources.length === 1 ? '1 source' : `${sources.length} sources`;
    return [...found, ok('files', `${files} read, no fault`)];
  },
};

function told({ place, key, what, suggestion }: ConfigFault): Finding {
  const says = key === '' ? what : `${key} ${what}`;
  return fault(formatPlace(place), says, suggestion === undefined ? SEE_EXAMPLE : sentence(suggestion));
}

function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.?!]$/.test(begun) ? begun : `${begun}.`;
}
