import { formatPlace } from '../../../config/fault.js';
import { type LoadRequest, readWithOrigins } from '../../../config/load.js';
import { jsonText } from '../terminal/json.js';
import type { Output, Paint } from '../terminal/paint.js';
import { plain, table } from '../terminal/table.js';
import { leavesOf, showValue } from './leaves.js';

/** What was resolved, or the faults that stand in the way. */
export async function printResolved(request: LoadRequest, isJson: boolean, output: Output, paint: Paint) {
  const { reading, originOf } = await readWithOrigins(request);
  if (reading.kind === 'faulty') return reading.faults;
  const leaves = leavesOf(reading.config.printable).map(({ path, value }) => ({
    key: path.join('.'),
    value,
    from: formatPlace(originOf(path)),
  }));
  if (isJson) {
    output.write(jsonText({ settings: leaves }, output));
    return undefined;
  }
  const rows = leaves.map(({ key, value, from }) => [
    plain(key),
    plain(showValue(value)),
    from === 'default' ? paint('dim', from) : plain(from),
  ]);
  output.write(table(['SETTING', 'VALUE', 'FROM'], rows, paint));
  return undefined;
}
