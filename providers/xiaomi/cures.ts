/** What Xiaomi's answers mean, and what to do about them. Sources: dev.mi.com, documents 1560 (codes) and 1656 (limits). */
import type { Reading, VendorAnswer } from '../contract.js';

const SECRET: Reading = {
  means: 'the app’s secret is not accepted',
  cure: 'Copy the AppSecret of the app from Xiaomi’s console to `app_secret` of the app’s file; it is not the AppKey.',
};
const APP: Reading = {
  means: 'Xiaomi finds no such app with these credentials',
  cure: 'Copy `package_name` and `app_secret` from the same app in Xiaomi’s console, and look whether push is enabled there.',
};
const RIGHTS: Reading = {
  means: 'the app may not use this interface',
  cure: 'Look at the rights of the app in Xiaomi’s console.',
};
const LOCKED: Reading = {
  means: 'Xiaomi has locked the app',
  cure: 'Look into Xiaomi’s console for the reason, or write to its support.',
};
const PASSES: Reading = { means: 'something went wrong at Xiaomi' };
const BUSY: Reading = { means: 'Xiaomi is busy' };
const TOO_FAST: Reading = {
  means: 'more was sent than the app is allowed in this time',
  cure: 'Spread large sends over more time, or ask Xiaomi for a higher rate; what waits is sent again by itself.',
};
const DAY: Reading = {
  means: 'the app’s messages of this class are used up for today',
  cure: 'It goes on when Xiaomi’s day begins. Ask for a larger quota, or send what is personal with class transactional on a channel of kind 私信.',
};
const REQUEST: Reading = {
  means: 'the request is refused',
  cure: 'Look at the attempt’s detail and at `overrides.xiaomi`; POST /v1/messages/validate shows what would be sent.',
};
const LARGE: Reading = {
  means: 'the message is too large',
  cure: 'Send less text or data, and let the app fetch the rest.',
};
const TEXT: Reading = {
  means: 'the title or the text is not accepted',
  cure: 'Send another text; where it was too long, set `title_max` and `body_max` of the app’s file lower.',
};
const VERSION: Reading = {
  means: 'there is no such interface',
  cure: 'Set `api_version` of the app’s file to v3 or v2.',
};
const DEAD: Reading = {
  means: 'the app was removed from this device, the device was away for three months, or it belongs to another region',
};

const BY_CODE: Readonly<Record<string, Reading>> = {
  ...all(['10029', '65003', '66007', '20301', 'bad_regids', 'receipt 16'], DEAD),
  ...all(['200001', '10034', 'receipt 128'], DAY),
  ...all(['200002', '10022', '10023', '10024', '10027', '10028', '22101', '26004', '10030'], TOO_FAST),
  ...all(['10006', '10036', '21301', '21302', '21303'], SECRET),
  ...all(['22000', '22001', '22002', '22003', '22004', '22005', '22006', '22007', '22008', '22022'], APP),
  ...all(['10005', '10014'], RIGHTS),
  ...all(['10026', '10031'], LOCKED),
  ...all(['-1', '1', '10001', '10003', '10009', '10010', '10011', '20607', '22102', '26003'], PASSES),
  ...all(['10002'], BUSY),
  ...all(['10007', '10008', '10012', '10013', '10016', '10017', '10021', '10025', '21305'], REQUEST),
  ...all(['65009', '65010', '65011', '65012', '65013', '65014', '65015', '65036', '65037', '65038'], REQUEST),
  ...all(['22020', '22021', '22100', '22103'], REQUEST),
  10004: {
    means: 'this gateway’s address is not let in',
    cure: 'Add the address by which the gateway reaches the internet to those of the app in Xiaomi’s console.',
  },
  10018: LARGE,
  10020: VERSION,
  10037: {
    means: 'the message had ended before Xiaomi took it',
    cure: 'Give it a longer `ttl`, and look whether the gateway’s clock is right.',
  },
  10041: TEXT,
  26006: {
    means: 'Xiaomi reviews messages like this one before it sends them',
    cure: 'Let Xiaomi review the text in its console, or send another one.',
  },
  27001: {
    means: 'the channel does not fit',
    cure: 'Compare `channels` and the channels’ ids in the app’s file with those in Xiaomi’s console.',
  },
  'receipt 64': {
    means: 'the device was left out by a condition of the message, such as its model or language',
    cure: 'Look at `overrides.xiaomi` of the message.',
  },
  'receipt 1024': { means: 'its time was up before the device came', cure: 'Give messages like this a longer `ttl`.' },
};

const NOT_XIAOMI = 'Look at `hosts` of the app’s file and at proxies on the way: somebody else answered.';

/** See `Interpreting.interpret`. */
export function interpret({ code, status }: VendorAnswer): Reading | undefined {
  if (code !== undefined && Object.hasOwn(BY_CODE, code)) return BY_CODE[code];
  if (status === undefined) return undefined;
  if (status >= 500) return { means: 'the service is not available' };
  if (status >= 400) return { means: 'the request is refused', cure: NOT_XIAOMI };
  if (status >= 300) return { means: 'the answer is a redirect, which Xiaomi never gives', cure: NOT_XIAOMI };
  return { means: 'it said neither yes nor no that this version knows, so it may have arrived', cure: NOT_XIAOMI };
}

function all(codes: readonly string[], reading: Reading): Readonly<Record<string, Reading>> {
  return Object.fromEntries(codes.map((code) => [code, reading]));
}
