import assert from 'node:assert/strict';
import { sign, signedForm } from '../../../../providers/meizu/signature.js';

const PARAMETERS = {
  pushIds: 'S5Q1,S5Q2',
  appId: '100999',
  messageJson: '{"noticeBarInfo":{"title":"t","content":"c"}}',
};

describe('the signature for Meizu', () => {
  it('is that of the computed vector, whatever the order of the parameters', () => {
    assert.equal(sign(PARAMETERS, 'meizu-secret'), '84fb2fcef641867f699ac9909e0673a6');
  });

  it('is over the same bytes as the form has, once decoded', () => {
    const messageJson = '{"title":"Grüße & 日本 + 🔔 %20","content":"a=b"}';
    const form = new URLSearchParams(signedForm({ ...PARAMETERS, messageJson }, 's'));
    assert.equal(form.get('messageJson'), messageJson);
    assert.equal(form.get('sign'), sign({ ...PARAMETERS, messageJson: form.get('messageJson') ?? '' }, 's'));
  });
});
