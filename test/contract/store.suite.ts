import { acceptSuite } from './store/accept.suite.js';
import { accountsSuite } from './store/accounts.suite.js';
import { addressesSuite } from './store/addresses.suite.js';
import { announcingSuite } from './store/announcing.suite.js';
import { audienceSuite } from './store/audience.suite.js';
import { chunksSuite } from './store/chunks.suite.js';
import { deliveriesSuite } from './store/deliveries.suite.js';
import { deliveryEventsSuite } from './store/delivery-events.suite.js';
import { deviceNamesSuite } from './store/device-names.suite.js';
import { devicePresenceSuite } from './store/device-presence.suite.js';
import { devicesSuite } from './store/devices.suite.js';
import { erasureSuite } from './store/erasure.suite.js';
import { eventsSuite } from './store/events.suite.js';
import { feedSuite } from './store/feed.suite.js';
import { feedTurnsSuite } from './store/feed-turns.suite.js';
import { filtersSuite } from './store/filters.suite.js';
import { historySuite } from './store/history.suite.js';
import { houseEventsSuite } from './store/house-events.suite.js';
import { keysSuite } from './store/keys.suite.js';
import { mailboxSuite } from './store/mailbox.suite.js';
import { mailboxDeliveriesSuite } from './store/mailbox-deliveries.suite.js';
import { mailboxEndsSuite } from './store/mailbox-ends.suite.js';
import { mailboxRacesSuite } from './store/mailbox-races.suite.js';
import { messageEventsSuite } from './store/message-events.suite.js';
import { messagesSuite } from './store/messages.suite.js';
import { nextStepsSuite } from './store/next-steps.suite.js';
import { planSuite } from './store/plan.suite.js';
import { quotasSuite } from './store/quotas.suite.js';
import { reactionsSuite } from './store/reactions.suite.js';
import { recallSuite } from './store/recall.suite.js';
import { receiptsSuite } from './store/receipts.suite.js';
import { retirementSuite } from './store/retirement.suite.js';
import { revocationsSuite } from './store/revocations.suite.js';
import type { OpenedStore } from './store/scene.js';
import { sealedSuite } from './store/sealed.suite.js';
import { statsSuite } from './store/stats.suite.js';
import { topicsSuite } from './store/topics.suite.js';
import { upstreamSuite } from './store/upstream.suite.js';
import { usersSuite } from './store/users.suite.js';
import { vendorNamesSuite } from './store/vendor-names.suite.js';
import { vendorTokensSuite } from './store/vendor-tokens.suite.js';
import { webhookCallsSuite } from './store/webhook-calls.suite.js';
import { webhookEndpointsSuite } from './store/webhook-endpoints.suite.js';
import { webhookModelSuite } from './store/webhook-model.suite.js';
import { webhookSlotsSuite } from './store/webhook-slots.suite.js';

/**
 * The promises of `src/ports/{message,chunk,device,user,topic,mailbox,account,key,webhook}-store.ts` and
 * `event-log.ts`. A backend passes or is not a backend. One
 * store serves the whole suite; every test has an app and a time of its own in it.
 */
export function storeSuite(name: string, open: (context: Mocha.Context) => Promise<OpenedStore>): void {
  describe(`store: ${name}`, function () {
    this.timeout(60_000);
    let opened: OpenedStore | undefined;
    const get = (): OpenedStore => {
      if (opened === undefined) throw new Error('the store is not open');
      return opened;
    };

    before(async function () {
      opened = await open(this);
    });
    after(() => opened?.close());

    for (const suite of [
      // These read all that is stored, which is little as long as they come first.
      erasureSuite,
      sealedSuite,
      vendorTokensSuite,
      upstreamSuite,
      eventsSuite,
      reactionsSuite,
      messageEventsSuite,
      webhookEndpointsSuite,
      mailboxSuite,
      mailboxEndsSuite,
      receiptsSuite,
      // The others.
      acceptSuite,
      messagesSuite,
      planSuite,
      announcingSuite,
      feedSuite,
      chunksSuite,
      nextStepsSuite,
      deliveriesSuite,
      deliveryEventsSuite,
      statsSuite,
      recallSuite,
      historySuite,
      devicesSuite,
      devicePresenceSuite,
      deviceNamesSuite,
      usersSuite,
      topicsSuite,
      audienceSuite,
      filtersSuite,
      retirementSuite,
      addressesSuite,
      feedTurnsSuite,
      mailboxDeliveriesSuite,
      mailboxRacesSuite,
      accountsSuite,
      quotasSuite,
      keysSuite,
      revocationsSuite,
      houseEventsSuite,
      webhookSlotsSuite,
      webhookCallsSuite,
      vendorNamesSuite,
      webhookModelSuite,
    ])
      suite(get);
  });
}
