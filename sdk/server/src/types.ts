/** Names for what the OpenAPI document has under the names of its operations. */
import type {
  Delivery,
  Device,
  EraseUserAnswer,
  GetProviderAnswer,
  ListTopicSubscribersAnswer,
  PutUserAnswer,
  PutUserBody,
  RecallMessageAnswer,
  SubscribeToTopicAnswer,
  SubscribeToTopicBody,
  TestProviderAnswer,
  UnsubscribeFromTopicAnswer,
} from './openapi.js';

/** What is known of a user. */
export type User = PutUserAnswer;
/** What a call changes of a user: what is absent stays, `null` clears. */
export type UserChange = PutUserBody;
/** What an erasure removed. */
export type Erased = EraseUserAnswer;
/** A device that is subscribed to a topic. */
export type Subscriber = ListTopicSubscribersAnswer['data'][number];
/** Devices and users to subscribe; up to 1,000 names, users stand for all their devices of now. */
export type Subscribers = SubscribeToTopicBody;
export type Subscribed = SubscribeToTopicAnswer;
export type Unsubscribed = UnsubscribeFromTopicAnswer;
/** A provider of the app, and how it fares. */
export type Provider = GetProviderAnswer;
/** What a vendor says of the credentials. */
export type ProviderTest = TestProviderAnswer;

/** A message that was called back, with what could not be. */
export type RecalledMessage = RecallMessageAnswer;

/** One try of one delivery over one road. */
export type Attempt = Delivery['attempts'][number];
/** Where a delivery stands. */
export type DeliveryState = Delivery['state'];
/** The one list of reasons. */
export type Reason = NonNullable<Delivery['reason']>;
/** An address of a device at a provider; never the push token itself. */
export type Registration = Device['registrations'][number];
/** A registration that was taken out of use, and why. */
export type RetiredRegistration = Device['retired'][number];
