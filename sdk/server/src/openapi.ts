/**
 * Made from docs/openapi.json by `npm run sdk:types`; do not change it by hand.
 *
 * document sha256 9f51c189267f697437163a86dc1fefb0d81aa9e136cc4f5b2d2bf83bbb67b9f4
 * types    sha256 747dd6e3b15d5ac2b6e13c28c1be833008cfab5c73e99207390d7bc511c0aa6c
 */

export interface paths {
    "/v1/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List messages, newest first
         * @description Needs a key with the scope messages:read.
         */
        get: operations["listMessages"];
        put?: never;
        /**
         * Send a message
         * @description Needs a key with the scope messages:send or messages:broadcast.
         */
        post: operations["sendMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/messages/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send up to 500 messages; each is accepted or refused by itself
         * @description Needs a key with the scope messages:send or messages:broadcast.
         */
        post: operations["sendMessageBatch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/messages/validate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What a send would do; sends and stores nothing
         * @description Needs a key with the scope messages:send or messages:broadcast.
         */
        post: operations["validateMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/messages/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What became of a message
         * @description Needs a key with the scope messages:read.
         */
        get: operations["getMessage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/messages/{id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What became of a message on each device, in device order
         * @description Needs a key with the scope messages:read.
         */
        get: operations["listDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/messages/{id}/timeline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What happened to a message and to its deliveries, step by step
         * @description In order of time for a message to at most 1,000 devices, and for one `device`. A larger message, or one still being planned, is told device by device in the order of their ids, each device by time, what ended the message itself after all of them. With `track` `failures` or `none` only what is kept is there. Needs a key with the scope messages:read.
         */
        get: operations["getMessageTimeline"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/messages/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel what has not left yet
         * @description Needs a key with the scope messages:send.
         */
        post: operations["cancelMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/messages/{id}/recall": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Call a message back
         * @description Cancels what has not left, takes out of mailboxes what no device has fetched (`recalled`), and has devices with the realtime client take it off their screens: those that are connected at once, the others when they connect. A vendor that can is asked to take back what it took (`recalled`, unless it was seen); what the others have taken they keep. The warnings tell how much. Works after the message has completed, too, and repeating it is harmless. Needs a key with the scope messages:send.
         */
        post: operations["recallMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/messages/{id}/deliveries/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What became of a message on each device, as an NDJSON stream in device order
         * @description As the pages of its deliveries, of any number; what settles meanwhile may be in it as it was or as it is. A stream that breaks off is not complete: it ends without the end of the answer. Needs a key with the scope messages:read.
         */
        get: operations["exportMessageDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deliveries/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Deliveries of all messages that were accepted in a span of time, as an NDJSON stream
         * @description Oldest message first, the deliveries of each in device order; as far as `track` and retention keep them. Who keeps where a stream broke off goes on with `from` at that message’s time. It ends without the end of the answer where it broke off. Needs a key with the scope messages:read.
         */
        get: operations["exportDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What became of deliveries, hour by hour or day by day
         * @description Exact counts, and rates over the roads that can tell. A delivery counts in the hour in which its message was accepted, whenever it was sent or anybody told of it, so that a rate is one of the same deliveries; receipts that come late move past hours. Counts outlive messages and deliveries (`retention.stats`). Days are those of UTC. Needs a key with the scope stats:read.
         */
        get: operations["getStats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Tell what people did with messages: up to 1,000 events, each is taken or refused by itself
         * @description Repeating is harmless: the first time told of each message, device and event stays, and one `id` is one event for 30 days. They may come in any order. `dismissed` says that it was displayed; `dismissed`, `converted` and `feedback` go to webhooks as `receipt.*`. `opened` on one device clears the screens of the same person’s others, unless the app’s `realtime.clear_on_open` is false. Needs a key with the scope messages:send, or an access token with the scope events.
         */
        post: operations["recordEvents"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The log of events as an NDJSON stream, oldest first
         * @description The same events, with the same ids, that webhooks tell; written only of types that an endpoint of the app wants, and kept as long as `retention.events` says. Who keeps the last `seq` and asks with it as `after` misses nothing and gets nothing twice. Needs a key with the scope messages:read.
         */
        get: operations["exportEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/devices/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * A device keeps its own registrations, language and versions current, or registers itself
         * @description One that is not known yet is made, as the device of the user that the access token names; `platform` is needed then. Its user, tags, topics and attributes are for the server of the app to say. A device calls this itself, with an access token with the scope register.
         */
        put: operations["putOwnDevice"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/devices/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Upsert devices from an NDJSON stream of any length; one result line per line, in order
         * @description Needs a key with the scope devices:write.
         */
        post: operations["importDevices"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/devices/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All devices as an NDJSON stream, one a line, in the order of their ids
         * @description Push tokens are not in it, only their hashes. A device that is made or deleted meanwhile may be in it or not. A stream that breaks off is not complete: it ends without the end of the answer. Needs a key with the scope devices:read.
         */
        get: operations["exportDevices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/devices/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A device with its registrations
         * @description Needs a key with the scope devices:read.
         */
        get: operations["getDevice"];
        /**
         * Make a device, or change what is given of it
         * @description Needs a key with the scope devices:write.
         */
        put: operations["putDevice"];
        post?: never;
        /**
         * Delete a device; its pending deliveries end as suppressed
         * @description Needs a key with the scope devices:write.
         */
        delete: operations["deleteDevice"];
        options?: never;
        head?: never;
        /**
         * Change what is given of a device that exists
         * @description Needs a key with the scope devices:write.
         */
        patch: operations["updateDevice"];
        trace?: never;
    };
    "/v1/devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List devices in the order of their ids
         * @description Needs a key with the scope devices:read.
         */
        get: operations["listDevices"];
        put?: never;
        /**
         * Make a device under an id of the gateway
         * @description Needs a key with the scope devices:write.
         */
        post: operations["createDevice"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What was said of a user; an empty record for one who is known by devices only
         * @description Needs a key with the scope devices:read.
         */
        get: operations["getUser"];
        /**
         * Say something of a user, or change what is given; their devices stay as they are
         * @description Needs a key with the scope devices:write.
         */
        put: operations["putUser"];
        post?: never;
        /**
         * Erase a user: the record, the devices with all their addresses, the deliveries
         * @description Counts of messages stay exact: what is still pending for the devices ends as suppressed, and is counted but not recorded. A call that fails half-way can be repeated. What is kept a while longer: sealed content of messages that named the user as a target (`retention.content`), the answers to such sends (`retention.messages`), and a keyed hash of the id, by which late deliveries are known (`retention.messages`). Needs a key with the scope devices:write.
         */
        delete: operations["eraseUser"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{id}/devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a user's devices in the order of their ids
         * @description Needs a key with the scope devices:read.
         */
        get: operations["listUserDevices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{id}/timeline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What was meant for a user and what became of it on each device, newest message first
         * @description Deliveries are the user’s to whom they were planned. What was not tried yet is looked for in a bounded number of open chunks for each page: where much waits, a page may have fewer entries than asked for, or none, and still a `next_cursor` that goes on. Needs a key with the scope messages:read.
         */
        get: operations["getUserTimeline"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{id}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Everything that is kept of a user, as an NDJSON stream: the record, the devices, the deliveries
         * @description The record comes first, then devices in the order of their ids, then deliveries, newest message first. Push tokens are not in it, only their hashes. Needs the scope messages:read as well. A stream that breaks off is not complete. Needs a key with the scope devices:read.
         */
        get: operations["exportUser"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/providers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How the app's providers fare, in the order of its file
         * @description Needs a key with the scope messages:read or admin.
         */
        get: operations["listProviders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/providers/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How one provider of the app fares
         * @description Needs a key with the scope messages:read or admin.
         */
        get: operations["getProvider"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/providers/{name}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask the vendor whether it accepts the credentials; reaches no device and takes at most 5 s
         * @description Needs a key with the scope admin.
         */
        post: operations["testProvider"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/callbacks/{provider}/{app}/{secret}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A vendor's own receipts of deliveries, in the vendor's form
         * @description The address stands as `callback_url` at the provider, for keys of scope `admin`. What vendors tell of addresses (dead, replaced, notifications off or on) is taken here as well. What is forged, unknown or dated ahead changes nothing; what comes again says nothing new.
         */
        post: operations["takeReceipts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/providers/{name}/broadcast-channels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the ids of an app's broadcast channels, all of them, in the vendor's order
         * @description Needs a key with the scope messages:broadcast or admin.
         */
        get: operations["listBroadcastChannels"];
        put?: never;
        /**
         * Make a broadcast channel at the vendor; not repeatable: when in doubt, list first
         * @description Needs a key with the scope messages:broadcast or admin.
         */
        post: operations["createBroadcastChannel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/providers/{name}/broadcast-channels/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a broadcast channel
         * @description Needs a key with the scope messages:broadcast or admin.
         */
        get: operations["getBroadcastChannel"];
        put?: never;
        post?: never;
        /**
         * Delete a broadcast channel, for good
         * @description Needs a key with the scope messages:broadcast or admin.
         */
        delete: operations["deleteBroadcastChannel"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/topics/{topic}/subscribers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a topic's devices in the order of their ids
         * @description Needs a key with the scope devices:read.
         */
        get: operations["listTopicSubscribers"];
        put?: never;
        /**
         * Subscribe devices, and all devices that users have now; those that are subscribed stay so
         * @description Needs a key with the scope devices:write.
         */
        post: operations["subscribeToTopic"];
        /**
         * End subscriptions of devices, and of all devices that users have now; what is not there is not missed
         * @description Needs a key with the scope devices:write.
         */
        delete: operations["unsubscribeFromTopic"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/realtime/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make an access token for a device, as the device of the user it has now
         * @description For apps whose own server signs none. Ask anew before it ends; the device may change it on its open connection. Needs a key with the scope devices:token.
         */
        post: operations["createAccessToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/realtime/revocations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take access away from a device, from all devices of a user, or of one token
         * @description Tokens issued up to now, by whoever, are refused at once, and open connections end within 5 s. New tokens are good. Needs a key with the scope devices:token.
         */
        post: operations["revokeAccess"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/upstream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what devices have said to the app's server, in the order in which it was taken
         * @description Kept for 7 days; a device that sends more than anybody fetches is refused the rest. Who keeps the last `next_cursor` and reads on from it later misses nothing and gets nothing twice. Needs a key with the scope messages:read.
         */
        get: operations["listUpstreamMessages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the app's webhook endpoints, those of its file too, in the order of their ids
         * @description Needs a key with the scope webhooks:write.
         */
        get: operations["listWebhookEndpoints"];
        put?: never;
        /**
         * Have a server told what happens from now on
         * @description Calls are signed as Standard Webhooks 1.0 says. `docs/webhooks.md` tells what is in them, and what is promised. Needs a key with the scope webhooks:write.
         */
        post: operations["createWebhookEndpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A webhook endpoint, and how it fares
         * @description Needs a key with the scope webhooks:write.
         */
        get: operations["getWebhookEndpoint"];
        put?: never;
        post?: never;
        /**
         * Delete a webhook endpoint, with all calls that were made or wait
         * @description Needs a key with the scope webhooks:write.
         */
        delete: operations["deleteWebhookEndpoint"];
        options?: never;
        head?: never;
        /**
         * Change what is given of a webhook endpoint; calls that are made already stay as they are
         * @description Needs a key with the scope webhooks:write.
         */
        patch: operations["updateWebhookEndpoint"];
        trace?: never;
    };
    "/v1/webhook-endpoints/{id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Pause a webhook endpoint; what happens meanwhile waits
         * @description Needs a key with the scope webhooks:write.
         */
        post: operations["pauseWebhookEndpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Go on with a webhook endpoint that is paused or disabled, from where it stood
         * @description Needs a key with the scope webhooks:write.
         */
        post: operations["resumeWebhookEndpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints/{id}/rotate-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a new secret; what signed before signs as well for a while
         * @description Needs a key with the scope webhooks:write.
         */
        post: operations["rotateWebhookSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a `webhook.test` event now, whatever the endpoint is told of, and also while it is paused
         * @description Needs a key with the scope webhooks:write.
         */
        post: operations["testWebhookEndpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints/{id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the calls to an endpoint, newest first
         * @description Needs a key with the scope webhooks:write.
         */
        get: operations["listWebhookDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints/{id}/deliveries/{delivery}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One call with all its attempts: what was sent, what was answered, and how long it took
         * @description Needs a key with the scope webhooks:write.
         */
        get: operations["getWebhookDelivery"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints/{id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make calls anew: some by their ids, or those of a time, by default what was given up
         * @description Up to 1,000 at a time, in order, as new deliveries behind all others; their events keep their ids. Events are kept for `retention.events`. Needs a key with the scope webhooks:write.
         */
        post: operations["replayWebhookDeliveries"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/realtime/ws": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Connects a device by WebSocket */
        get: operations["realtimeSocket"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/realtime/sse": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Connect as a stream of events
         * @description Each event is one frame; the id of a push is its cursor. What the device says goes to `acks`. A device calls this itself, with an access token with the scope receive.
         */
        get: operations["streamFrames"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/realtime/poll": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Connect by asking again and again
         * @description Answers as soon as there are frames, at the latest after `wait`. Of two questions the newer wins. A device calls this itself, with an access token with the scope receive.
         */
        get: operations["pollFrames"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/realtime/acks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Say what a device has got, dealt with, and has to tell
         * @description For SSE and long poll. Repeating it is harmless. A device calls this itself, with an access token.
         */
        post: operations["sendAcks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/realtime/tickets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a ticket for an address that cannot have headers
         * @description For `EventSource`. Good for 30 s and one use, at the process that made it. A device calls this itself, with an access token with the scope receive.
         */
        post: operations["createTicket"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/config": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What is in force in this process beside what its files say; secrets are masked
         * @description Needs a key with the scope admin.
         */
        get: operations["compareConfig"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/reload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Read the configuration of this process again
         * @description Needs a key with the scope admin.
         */
        post: operations["reloadConfig"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/livez": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Does the process turn? */
        get: operations["live"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Do store, queue and bus answer? */
        get: operations["ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The reference of the API, for people */
        get: operations["docs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/problems/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a problem means and what to do about it */
        get: operations["problem"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document */
        get: operations["openapi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        NewMessage: {
            to: "everyone" | components["schemas"]["Targets"];
            only?: {
                platforms?: ("ios" | "android" | "harmonyos" | "web" | "macos" | "windows" | "linux" | "watch" | "tv" | "iot")[];
                /** @description Only devices with a registration at one of these, and only over these */
                providers?: string[];
                /** @description Only devices it means; bare push tokens, of which nothing is known, are left out */
                filter?: components["schemas"]["Filter"];
            };
            except?: {
                users?: string[];
                devices?: string[];
                topics?: string[];
            };
            max_devices?: number;
            /** @enum {string} */
            class?: "transactional" | "marketing";
            /** @description An entry of the app's channels */
            channel?: string;
            notification?: components["schemas"]["Notification"];
            data?: {
                [key: string]: string;
            };
            delivery?: components["schemas"]["DeliveryTerms"];
            /** @description By provider: a JSON Merge Patch (RFC 7396) on that provider's own body */
            overrides?: {
                [key: string]: components["schemas"]["JsonObject"];
            };
            /** @description Yours; given back with the message */
            metadata?: components["schemas"]["JsonObject"];
            tags?: string[];
        };
        Targets: {
            users?: string[];
            devices?: string[];
            push_tokens?: {
                provider: string;
                /** @description A string; for Web Push {endpoint, keys: {p256dh, auth}} */
                token: string | {
                    [key: string]: unknown;
                };
                /** @enum {string} */
                environment?: "production" | "sandbox";
                purpose?: string;
                bundle_id?: string;
                region?: string;
                /** @enum {string} */
                platform?: "ios" | "android" | "harmonyos" | "web" | "macos" | "windows" | "linux" | "watch" | "tv" | "iot";
            }[];
            /** @description Devices subscribed to one of these when the message is accepted */
            topics?: string[];
            filter?: components["schemas"]["Filter"];
            everyone?: boolean;
        };
        /** @description Which devices are meant, by what is known of them and of their users. `attr` is `user.id`, `user.tags`, `user.locale`, `user.timezone`, `device.tags`, `device.topics`, `device.platform`, `device.locale`, `device.timezone`, `device.app_version`, `device.os_version`, `device.manufacturer`, `device.model`, `device.notifications`, or `user.` or `device.` and the name of an attribute. Types count: the text "5" is not the number 5. `eq`, `ne`: one value; `in`, `nin`: an array of 1 to 100; `exists`: true (when absent) or false; `gt`, `gte`, `lt`, `lte`: numbers with numbers, texts with texts by code point, versions as dotted numbers ("5.10" is after "5.9"); `prefix`: the beginning of a text; `contains`: a part of a text, or an element of a list. Of a list (tags, topics, attributes that are arrays) one element is enough for `eq`, `in` and `contains`; order and `prefix` never match a list. What is missing matches only `ne`, `nin` and `exists: false`. At most 8 levels and 100 tests, lists and negations. */
        Filter: {
            all: components["schemas"]["Filter"][];
        } | {
            any: components["schemas"]["Filter"][];
        } | {
            not: components["schemas"]["Filter"];
        } | {
            attr: string;
            /** @enum {unknown} */
            op: "eq" | "ne" | "in" | "nin" | "exists" | "gt" | "gte" | "lt" | "lte" | "prefix" | "contains";
            value?: string | number | boolean | (string | number | boolean)[];
        };
        Notification: {
            title?: string;
            body?: string;
            /** Format: uri */
            image?: string;
            media?: {
                /** Format: uri */
                url: string;
                /** @enum {string} */
                type: "image" | "video" | "audio" | "file";
            }[];
            sound?: string;
            click?: {
                /** Format: uri */
                url?: string;
                /** Format: uri */
                deep_link?: string;
            };
            actions?: {
                id: string;
                title: string;
                /** Format: uri */
                url?: string;
            }[];
            badge?: number;
            thread?: string;
            /** @description By language tag, what stands in place of the notification's own fields. Chosen by lookup (RFC 4647 §3.4) of the device's locale, then of its user's, when the target is planned */
            locales?: {
                [key: string]: {
                    title?: string;
                    body?: string;
                    /** Format: uri */
                    image?: string;
                    media?: {
                        /** Format: uri */
                        url: string;
                        /** @enum {string} */
                        type: "image" | "video" | "audio" | "file";
                    }[];
                    sound?: string;
                    click?: {
                        /** Format: uri */
                        url?: string;
                        /** Format: uri */
                        deep_link?: string;
                    };
                    actions?: {
                        id: string;
                        title: string;
                        /** Format: uri */
                        url?: string;
                    }[];
                };
            };
        };
        DeliveryTerms: {
            /**
             * @default 24h
             * @example 24h
             */
            ttl?: string;
            /** @enum {string} */
            priority?: "high" | "normal" | "low";
            collapse_key?: string;
            /**
             * @default resend
             * @enum {string}
             */
            on_uncertain?: "resend" | "drop";
            /**
             * @default all
             * @enum {string}
             */
            track?: "all" | "failures" | "none";
            /**
             * @description default, online_only, push_only, parallel, or an entry of the app's routes
             * @default default
             */
            route?: string;
            /**
             * @description How long the answer of a connected device is waited for before the route goes on. Goes before the `wait` of the app’s route; 8s where neither says
             * @example 8s
             */
            ack_timeout?: string;
            /**
             * @description To which of the audience’s devices of each user: all, the one that was heard of last, or those that are connected and else that one. Devices without user are each for themselves
             * @default all
             * @enum {string}
             */
            per_user?: "all" | "last_active" | "online_or_last_active";
        };
        BatchMessage: {
            to: "everyone" | components["schemas"]["Targets"];
            only?: {
                platforms?: ("ios" | "android" | "harmonyos" | "web" | "macos" | "windows" | "linux" | "watch" | "tv" | "iot")[];
                /** @description Only devices with a registration at one of these, and only over these */
                providers?: string[];
                /** @description Only devices it means; bare push tokens, of which nothing is known, are left out */
                filter?: components["schemas"]["Filter"];
            };
            except?: {
                users?: string[];
                devices?: string[];
                topics?: string[];
            };
            max_devices?: number;
            /** @enum {string} */
            class?: "transactional" | "marketing";
            /** @description An entry of the app's channels */
            channel?: string;
            notification?: components["schemas"]["Notification"];
            data?: {
                [key: string]: string;
            };
            delivery?: components["schemas"]["DeliveryTerms"];
            /** @description By provider: a JSON Merge Patch (RFC 7396) on that provider's own body */
            overrides?: {
                [key: string]: components["schemas"]["JsonObject"];
            };
            /** @description Yours; given back with the message */
            metadata?: components["schemas"]["JsonObject"];
            tags?: string[];
            /** @description As the header Idempotency-Key of a single call, and shared with it; kept for 48 h */
            idempotency_key?: string;
        };
        AcceptedMessage: {
            id: string;
            /** @constant */
            object: "message";
            app: string;
            /** @enum {string} */
            status: "scheduled" | "queued" | "sending" | "completed" | "canceled" | "blocked";
            /** Format: date-time */
            created_at: string;
            audience: {
                /** @enum {string} */
                state: "resolving" | "resolved";
                users?: number;
                devices?: number;
                by_platform?: {
                    [key: string]: number;
                };
                no_device?: string[];
            };
            warnings: {
                code: string;
                provider?: string;
                detail: string;
            }[];
        };
        SettledMessage: {
            id: string;
            /** @constant */
            object: "message";
            app: string;
            /** @enum {string} */
            status: "scheduled" | "queued" | "sending" | "completed" | "canceled" | "blocked";
            /** Format: date-time */
            created_at: string;
            audience: {
                /** @enum {string} */
                state: "resolving" | "resolved";
                users?: number;
                devices?: number;
                by_platform?: {
                    [key: string]: number;
                };
                no_device?: string[];
            };
            warnings: {
                code: string;
                provider?: string;
                detail: string;
            }[];
            /** @description In device order; only what `track` keeps */
            deliveries: components["schemas"]["Delivery"][];
        };
        BatchResult: {
            /** @description What a single call would have been answered with */
            status: number;
            message?: components["schemas"]["AcceptedMessage"];
            /**
             * @description The message is that of an earlier call with the same key
             * @constant
             */
            idempotency_replayed?: true;
            /** @description Its pointers begin at this message */
            problem?: components["schemas"]["Problem"];
        };
        MessagePlan: {
            /** @constant */
            object: "message_plan";
            app: string;
            /** @enum {string} */
            class: "transactional" | "marketing";
            audience: {
                /** @enum {string} */
                state: "resolving" | "resolved";
                users?: number;
                devices?: number;
                by_platform?: {
                    [key: string]: number;
                };
                no_device?: string[];
            };
            providers: {
                provider: string;
                /** @description Absent for more than 10,000 devices in all */
                devices?: number;
                /** @description null for a bare push token, or for nobody */
                sample_device: string | null;
                /** @description What this provider would send, its address and ids aside; absent where it cannot be shown */
                payload?: unknown;
                /** @description With `providers=true`, of vendors that can judge a message without sending it (FCM) */
                vendor?: {
                    /** @enum {string} */
                    verdict: "accepted" | "refused" | "unreachable" | "not_askable";
                    detail: string;
                };
            }[];
            /** @description The route: how many devices begin at each step; one whose road ends goes on at a later one */
            steps: {
                via: string;
                provider: string | null;
                devices?: number;
            }[];
            /** @description Devices that no provider reaches */
            no_registration?: number;
            warnings: {
                code: string;
                provider?: string;
                detail: string;
            }[];
        };
        Message: {
            id: string;
            /** @constant */
            object: "message";
            app: string;
            /** @enum {string} */
            class: "transactional" | "marketing";
            channel?: string;
            /** @description As the send named it */
            route?: string;
            /** @enum {string} */
            status: "scheduled" | "queued" | "sending" | "completed" | "canceled" | "blocked";
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string;
            completed_at: string | null;
            /**
             * Format: date-time
             * @description When it was first called back
             */
            recalled_at?: string;
            devices: number;
            /** @description The gateway will do nothing more for these by itself */
            settled: number;
            /** @description Current states; sums to devices */
            counts: {
                queued: number;
                sent: number;
                delivered: number;
                displayed: number;
                opened: number;
                failed: number;
                expired: number;
                suppressed: number;
                canceled: number;
                recalled: number;
            };
            /** @description How many came at least so far */
            reached: {
                sent: number;
                delivered: number;
                displayed: number;
                opened: number;
            };
            /** @description How many came how far, each among the one before it up to `opened` */
            funnel: {
                planned: number;
                sent: number;
                delivered: number;
                displayed: number;
                opened: number;
                dismissed: number;
                converted: number;
            };
            /** @description The same, and the ends, by provider; null: ended before any road was found */
            providers: {
                provider: string | null;
                sent: number;
                delivered: number;
                displayed: number;
                opened: number;
                dismissed: number;
                converted: number;
                failed: number;
                expired: number;
                suppressed: number;
                canceled: number;
                recalled: number;
            }[];
            reasons: {
                [key: string]: number;
            };
            blocked: {
                provider: string;
                /** @enum {string} */
                reason: "offline" | "no_ack" | "no_receipt" | "no_registration" | "token_invalid" | "token_wrong_app" | "payload_rejected" | "payload_too_large" | "rate_limited" | "quota_exceeded" | "provider_unavailable" | "credential_rejected" | "timeout" | "uncertain" | "opted_out" | "capped" | "quiet_hours" | "not_consented" | "superseded" | "user_changed" | "no_device" | "expired" | "canceled";
                devices: number;
                /** Format: date-time */
                since?: string;
            }[];
            metadata?: {
                [key: string]: unknown;
            };
            tags?: string[];
        };
        Delivery: {
            message: string;
            /** @description null for a bare push token */
            device: string | null;
            /** @description Of a bare push token */
            token_hash?: string;
            user: string | null;
            /** @enum {string} */
            state: "queued" | "sent" | "delivered" | "displayed" | "opened" | "failed" | "expired" | "suppressed" | "canceled" | "recalled";
            reason: ("offline" | "no_ack" | "no_receipt" | "no_registration" | "token_invalid" | "token_wrong_app" | "payload_rejected" | "payload_too_large" | "rate_limited" | "quota_exceeded" | "provider_unavailable" | "credential_rejected" | "timeout" | "uncertain" | "opted_out" | "capped" | "quiet_hours" | "not_consented" | "superseded" | "user_changed" | "no_device" | "expired" | "canceled") | null;
            provider: string | null;
            attempts: {
                provider: string;
                /** Format: date-time */
                at: string;
                /**
                 * @description A provider’s word. Absent over `realtime` where there is none: with a reason the device was not there or did not answer, without one its answer is awaited
                 * @enum {string}
                 */
                outcome?: "accepted" | "unregistered" | "rejected" | "deferred" | "misconfigured" | "uncertain";
                /** @enum {string} */
                reason?: "offline" | "no_ack" | "no_receipt" | "no_registration" | "token_invalid" | "token_wrong_app" | "payload_rejected" | "payload_too_large" | "rate_limited" | "quota_exceeded" | "provider_unavailable" | "credential_rejected" | "timeout" | "uncertain" | "opted_out" | "capped" | "quiet_hours" | "not_consented" | "superseded" | "user_changed" | "no_device" | "expired" | "canceled";
                detail?: string;
                vendor_id?: string;
                ms?: number;
                vendor?: {
                    status?: number;
                    code?: string;
                    text?: string;
                };
                /** @description What to do about it, where something is to be mended */
                cure?: string;
            }[];
            times: {
                [key: string]: string;
            };
            /** @description What the person chose on opening it */
            action?: string;
            /** Format: date-time */
            next_attempt_at?: string;
        };
        DeviceChange: {
            /** @description null: nobody is logged in */
            user?: string | null;
            /**
             * @description Required to make a device
             * @enum {string}
             */
            platform?: "ios" | "android" | "harmonyos" | "web" | "macos" | "windows" | "linux" | "watch" | "tv" | "iot";
            manufacturer?: string | null;
            registrations?: {
                provider: string;
                /** @description null removes the registration */
                token: (string | {
                    [key: string]: unknown;
                }) | null;
                /**
                 * @default production
                 * @enum {string}
                 */
                environment?: "production" | "sandbox";
                /** @default alert */
                purpose?: string;
                bundle_id?: string;
                region?: string;
            }[];
            locale?: string | null;
            timezone?: string | null;
            app_version?: string | null;
            os_version?: string | null;
            model?: string | null;
            notifications?: ("on" | "off") | null;
            /** @description An array takes the place of all tags; {add, remove} changes some. At most 100 in all */
            tags?: string[] | {
                add?: string[];
                remove?: string[];
            };
            /** @description An array takes the place of all topics; {add, remove} changes some. At most 1000 in all */
            topics?: string[] | {
                add?: string[];
                remove?: string[];
            };
            /** @description Set by name, null removes; at most 64 in all */
            attributes?: {
                [key: string]: string | number | boolean | string[] | null;
            };
        };
        DeviceLine: {
            /** @description Chosen by the caller */
            id: string;
            /** @description null: nobody is logged in */
            user?: string | null;
            /**
             * @description Required to make a device
             * @enum {string}
             */
            platform?: "ios" | "android" | "harmonyos" | "web" | "macos" | "windows" | "linux" | "watch" | "tv" | "iot";
            manufacturer?: string | null;
            registrations?: {
                provider: string;
                /** @description null removes the registration */
                token: (string | {
                    [key: string]: unknown;
                }) | null;
                /**
                 * @default production
                 * @enum {string}
                 */
                environment?: "production" | "sandbox";
                /** @default alert */
                purpose?: string;
                bundle_id?: string;
                region?: string;
            }[];
            locale?: string | null;
            timezone?: string | null;
            app_version?: string | null;
            os_version?: string | null;
            model?: string | null;
            notifications?: ("on" | "off") | null;
            /** @description An array takes the place of all tags; {add, remove} changes some. At most 100 in all */
            tags?: string[] | {
                add?: string[];
                remove?: string[];
            };
            /** @description An array takes the place of all topics; {add, remove} changes some. At most 1000 in all */
            topics?: string[] | {
                add?: string[];
                remove?: string[];
            };
            /** @description Set by name, null removes; at most 64 in all */
            attributes?: {
                [key: string]: string | number | boolean | string[] | null;
            };
        };
        Device: {
            id: string;
            /** @constant */
            object: "device";
            app: string;
            user: string | null;
            /** @enum {string} */
            platform: "ios" | "android" | "harmonyos" | "web" | "macos" | "windows" | "linux" | "watch" | "tv" | "iot";
            manufacturer?: string;
            locale?: string;
            timezone?: string;
            app_version?: string;
            os_version?: string;
            model?: string;
            /** @enum {string} */
            notifications?: "on" | "off";
            tags: string[];
            topics: string[];
            attributes: {
                [key: string]: string | number | boolean | string[];
            };
            registrations: {
                provider: string;
                token_hash: string;
                /** @enum {string} */
                environment: "production" | "sandbox";
                purpose: string;
                bundle_id?: string;
                region?: string;
                /** Format: date-time */
                registered_at: string;
                /** Format: date-time */
                confirmed_at: string;
            }[];
            /** @description Registrations taken out of use, with the reason */
            retired: {
                provider: string;
                token_hash: string;
                /** @enum {string} */
                environment: "production" | "sandbox";
                purpose: string;
                reason: string;
                /** @description Why, as a sentence */
                explanation: string;
                /** @description What to do about it; null where nothing is to be mended */
                cure: string | null;
                /** Format: date-time */
                retired_at: string;
            }[];
            /** @description Connected over realtime when it was asked */
            online: boolean;
            /** @description The last registration, or beginning or end of a connection; to within 10 s */
            last_seen_at: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        MessageEvent: {
            /** Format: date-time */
            at: string;
            /** @enum {string} */
            event: "message.accepted" | "message.canceled" | "message.completed" | "delivery.attempted" | "delivery.queued" | "delivery.sent" | "delivery.delivered" | "delivery.displayed" | "delivery.opened" | "delivery.failed" | "delivery.expired" | "delivery.suppressed" | "delivery.canceled" | "delivery.recalled";
            /** @description Absent for what happened to the message itself */
            device?: string;
            /** @description In place of `device` for a bare push token */
            token_hash?: string;
            provider?: string;
            /**
             * @description A provider’s word. Absent over `realtime` where there is none: with a reason the device was not there or did not answer, without one its answer is awaited
             * @enum {string}
             */
            outcome?: "accepted" | "unregistered" | "rejected" | "deferred" | "misconfigured" | "uncertain";
            /** @enum {string} */
            reason?: "offline" | "no_ack" | "no_receipt" | "no_registration" | "token_invalid" | "token_wrong_app" | "payload_rejected" | "payload_too_large" | "rate_limited" | "quota_exceeded" | "provider_unavailable" | "credential_rejected" | "timeout" | "uncertain" | "opted_out" | "capped" | "quiet_hours" | "not_consented" | "superseded" | "user_changed" | "no_device" | "expired" | "canceled";
            /** @description A sentence for people */
            detail?: string;
            vendor?: {
                status?: number;
                code?: string;
                text?: string;
            };
            ms?: number;
            /** @description What to do about it, where something is to be mended */
            cure?: string;
            /** @description What the person chose on opening it */
            action?: string;
        };
        UserDelivery: {
            message: {
                id: string;
                /** @enum {string} */
                status: "scheduled" | "queued" | "sending" | "completed" | "canceled" | "blocked";
                /** @enum {string} */
                class: "transactional" | "marketing";
                /** Format: date-time */
                created_at: string;
                channel?: string;
            };
            /** @description null for a bare push token */
            device: string | null;
            /** @enum {string} */
            state: "queued" | "sent" | "delivered" | "displayed" | "opened" | "failed" | "expired" | "suppressed" | "canceled" | "recalled";
            reason: ("offline" | "no_ack" | "no_receipt" | "no_registration" | "token_invalid" | "token_wrong_app" | "payload_rejected" | "payload_too_large" | "rate_limited" | "quota_exceeded" | "provider_unavailable" | "credential_rejected" | "timeout" | "uncertain" | "opted_out" | "capped" | "quiet_hours" | "not_consented" | "superseded" | "user_changed" | "no_device" | "expired" | "canceled") | null;
            /** @description Why, as a sentence for people; may be worded anew in later versions */
            explanation: string;
            /** @description What to do about it; null where nothing is to be mended */
            cure: string | null;
            provider: string | null;
            attempts: {
                provider: string;
                /** Format: date-time */
                at: string;
                /**
                 * @description A provider’s word. Absent over `realtime` where there is none: with a reason the device was not there or did not answer, without one its answer is awaited
                 * @enum {string}
                 */
                outcome?: "accepted" | "unregistered" | "rejected" | "deferred" | "misconfigured" | "uncertain";
                /** @enum {string} */
                reason?: "offline" | "no_ack" | "no_receipt" | "no_registration" | "token_invalid" | "token_wrong_app" | "payload_rejected" | "payload_too_large" | "rate_limited" | "quota_exceeded" | "provider_unavailable" | "credential_rejected" | "timeout" | "uncertain" | "opted_out" | "capped" | "quiet_hours" | "not_consented" | "superseded" | "user_changed" | "no_device" | "expired" | "canceled";
                detail?: string;
                vendor_id?: string;
                ms?: number;
                vendor?: {
                    status?: number;
                    code?: string;
                    text?: string;
                };
                /** @description What to do about it, where something is to be mended */
                cure?: string;
            }[];
            times: {
                [key: string]: string;
            };
            /** @description What the person chose on opening it */
            action?: string;
            /** Format: date-time */
            next_attempt_at?: string;
        };
        UserExportLine: {
            /** @constant */
            type: "user";
            data: components["schemas"]["PutUserAnswer"];
        } | {
            /** @constant */
            type: "device";
            data: components["schemas"]["Device"];
        } | {
            /** @constant */
            type: "delivery";
            data: components["schemas"]["Delivery"];
        };
        WebhookEndpoint: {
            id: string;
            /** @constant */
            object: "webhook_endpoint";
            app: string;
            url: string;
            description: string | null;
            events: string[];
            /** @enum {string} */
            level: "events" | "summary";
            /** @enum {string} */
            order: "loose" | "strict";
            max_events: number;
            /** @example 1s */
            max_wait: string;
            /**
             * @description `file`: it stands in the app's file, and is changed there alone
             * @enum {string}
             */
            source: "api" | "file";
            /** @description Its name in the app's file */
            name: string | null;
            /**
             * @description `paused`: by you. `disabled`: the receiver answered 410, or failed for days. What happens meanwhile waits; `resume` goes on from there
             * @enum {string}
             */
            state: "active" | "paused" | "disabled";
            /** @description A sentence, of a state that nobody chose */
            state_reason: string | null;
            failing_since: string | null;
            /** @description Nothing is sent before: the receiver fails, or asked for time */
            held_until: string | null;
            last_success_at: string | null;
            /** @description Number of its newest call */
            endpoint_seq: number;
            /** @description Events that waited longer than events are kept, how many and when last */
            lost: {
                events: number;
                /** Format: date-time */
                at: string;
            } | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        WebhookDelivery: {
            /** @description The header `webhook-id`: the same in every attempt */
            id: string;
            /** @constant */
            object: "webhook_delivery";
            endpoint: string;
            endpoint_seq: number;
            /**
             * @description `parked`: tried as often as it is tried, and can be replayed. `skipped`: the receiver asked for it not to come again
             * @enum {string}
             */
            state: "waiting" | "delivered" | "parked" | "skipped";
            test: boolean;
            event_count: number;
            attempt_count: number;
            /** Format: date-time */
            created_at: string;
            /** @description Of one that waits */
            next_attempt_at: string | null;
            settled_at: string | null;
            replay_of: string | null;
        };
        WebhookDeliveryDetail: {
            /** @description The header `webhook-id`: the same in every attempt */
            id: string;
            /** @constant */
            object: "webhook_delivery";
            endpoint: string;
            endpoint_seq: number;
            /**
             * @description `parked`: tried as often as it is tried, and can be replayed. `skipped`: the receiver asked for it not to come again
             * @enum {string}
             */
            state: "waiting" | "delivered" | "parked" | "skipped";
            test: boolean;
            event_count: number;
            attempt_count: number;
            /** Format: date-time */
            created_at: string;
            /** @description Of one that waits */
            next_attempt_at: string | null;
            settled_at: string | null;
            replay_of: string | null;
            /** @description Where the endpoint is now */
            url: string;
            /** @description The same bytes in every attempt; `null` once its events are kept no longer */
            request_body: string | null;
            /** @description Oldest first */
            attempts: {
                n: number;
                /** Format: date-time */
                at: string;
                ms: number;
                /** @description As they were sent, without the signature */
                request_headers: {
                    [key: string]: string;
                };
                /** @description `null` where no answer came */
                status: number | null;
                response_headers: {
                    [key: string]: string;
                };
                /** @description Its beginning, at most 4 kB */
                response_body: string | null;
                /** @description A sentence, where it failed */
                error: string | null;
            }[];
        };
        WebhookReplay: {
            deliveries?: string[];
            /**
             * Format: date-time
             * @description Calls made from then on
             */
            since?: string;
            /**
             * Format: date-time
             * @description Calls made before then; now when absent
             */
            until?: string;
            /**
             * @description Only calls in this state; `any` but waiting ones, which come by themselves
             * @default parked
             * @enum {string}
             */
            state?: "parked" | "skipped" | "delivered" | "any";
            /** @description `next_cursor` of the replay before */
            cursor?: string;
        };
        ImportResult: {
            line: number;
            id?: string;
            status: number;
            problem?: components["schemas"]["Problem"];
        };
        Problem: {
            type: string;
            title: string;
            status: number;
            /**
             * @description Has a page of its own at `type`; later versions add others
             * @enum {string}
             */
            code: "malformed_json" | "malformed_request" | "unauthorized" | "token_refused" | "token_expired" | "missing_scope" | "access_revoked" | "foreign_origin" | "not_theirs" | "app_mismatch" | "test_keys_off" | "not_found" | "app_not_found" | "provider_not_found" | "channel_not_found" | "webhook_not_found" | "webhook_delivery_not_found" | "message_not_found" | "unknown_device" | "no_realtime" | "device_not_found" | "user_not_found" | "key_not_found" | "method_not_allowed" | "replaced" | "request_timeout" | "webhook_in_file" | "too_many_webhooks" | "too_many_secrets" | "idempotency_in_progress" | "payload_too_large" | "unsupported_media_type" | "validation_failed" | "app_required" | "idempotency_mismatch" | "config_refused" | "audience_too_large" | "vendor_refused" | "upgrade_required" | "too_many_connections" | "rate_limited" | "headers_too_large" | "internal_error" | "draining" | "overloaded" | "disk_full" | "store_unavailable" | "queue_unavailable" | "vendor_unreachable" | "simulators_unreachable" | "shutting_down";
            detail?: string;
            request_id: string;
            errors?: {
                /** @description JSON pointer into the body (RFC 6901) */
                pointer?: string;
                /** @description Name of a path, query or header parameter */
                parameter?: string;
                code: string;
                detail: string;
            }[];
        };
        JsonObject: Record<string, unknown>;
        SendMessageBatchBody: {
            messages: components["schemas"]["BatchMessage"][];
        };
        SendMessageBatchAnswer: {
            results: components["schemas"]["BatchResult"][];
        };
        ListMessagesAnswer: {
            data: components["schemas"]["Message"][];
            next_cursor: string | null;
            has_more: boolean;
        };
        ListDeliveriesAnswer: {
            data: components["schemas"]["Delivery"][];
            next_cursor: string | null;
            has_more: boolean;
        };
        GetMessageTimelineAnswer: {
            data: components["schemas"]["MessageEvent"][];
            next_cursor: string | null;
            has_more: boolean;
        };
        RecallMessageAnswer: {
            id: string;
            /** @constant */
            object: "message";
            app: string;
            /** @enum {string} */
            class: "transactional" | "marketing";
            channel?: string;
            /** @description As the send named it */
            route?: string;
            /** @enum {string} */
            status: "scheduled" | "queued" | "sending" | "completed" | "canceled" | "blocked";
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string;
            completed_at: string | null;
            /**
             * Format: date-time
             * @description When it was first called back
             */
            recalled_at?: string;
            devices: number;
            /** @description The gateway will do nothing more for these by itself */
            settled: number;
            /** @description Current states; sums to devices */
            counts: {
                queued: number;
                sent: number;
                delivered: number;
                displayed: number;
                opened: number;
                failed: number;
                expired: number;
                suppressed: number;
                canceled: number;
                recalled: number;
            };
            /** @description How many came at least so far */
            reached: {
                sent: number;
                delivered: number;
                displayed: number;
                opened: number;
            };
            /** @description How many came how far, each among the one before it up to `opened` */
            funnel: {
                planned: number;
                sent: number;
                delivered: number;
                displayed: number;
                opened: number;
                dismissed: number;
                converted: number;
            };
            /** @description The same, and the ends, by provider; null: ended before any road was found */
            providers: {
                provider: string | null;
                sent: number;
                delivered: number;
                displayed: number;
                opened: number;
                dismissed: number;
                converted: number;
                failed: number;
                expired: number;
                suppressed: number;
                canceled: number;
                recalled: number;
            }[];
            reasons: {
                [key: string]: number;
            };
            blocked: {
                provider: string;
                /** @enum {string} */
                reason: "offline" | "no_ack" | "no_receipt" | "no_registration" | "token_invalid" | "token_wrong_app" | "payload_rejected" | "payload_too_large" | "rate_limited" | "quota_exceeded" | "provider_unavailable" | "credential_rejected" | "timeout" | "uncertain" | "opted_out" | "capped" | "quiet_hours" | "not_consented" | "superseded" | "user_changed" | "no_device" | "expired" | "canceled";
                devices: number;
                /** Format: date-time */
                since?: string;
            }[];
            metadata?: {
                [key: string]: unknown;
            };
            tags?: string[];
            /** @description What could not be called back, by provider */
            warnings: {
                code: string;
                provider?: string;
                detail: string;
            }[];
        };
        GetStatsAnswer: {
            /** @constant */
            object: "stats";
            /** Format: date-time */
            from: string;
            /**
             * Format: date-time
             * @description Not in it any more
             */
            to: string;
            /** @enum {string} */
            by: "hour" | "day";
            group: ("provider" | "platform" | "class")[];
            /** @description Oldest first; spans in which nothing was counted are left out */
            data: {
                /** Format: date-time */
                start: string;
                /** @description null: ended before any road was found */
                provider?: string | null;
                /** @description null: nobody knows */
                platform?: ("ios" | "android" | "harmonyos" | "web" | "macos" | "windows" | "linux" | "watch" | "tv" | "iot") | null;
                /** @enum {string} */
                class?: "transactional" | "marketing";
                /** @description How many deliveries ever came so far, or ended so; one may be in several */
                counts: {
                    sent: number;
                    delivered: number;
                    displayed: number;
                    opened: number;
                    dismissed: number;
                    converted: number;
                    failed: number;
                    expired: number;
                    suppressed: number;
                    canceled: number;
                    recalled: number;
                };
                rates: {
                    /** @description `count` of `of` deliveries that were sent over roads that can tell; null where none can */
                    delivered: {
                        value: number;
                        count: number;
                        of: number;
                    } | null;
                    /** @description `count` of `of` deliveries that were sent over roads that can tell; null where none can */
                    displayed: {
                        value: number;
                        count: number;
                        of: number;
                    } | null;
                    /** @description `count` of `of` deliveries that were sent over roads that can tell; null where none can */
                    opened: {
                        value: number;
                        count: number;
                        of: number;
                    } | null;
                    /** @description `count` of `of` deliveries that were sent over roads that can tell; null where none can */
                    dismissed: {
                        value: number;
                        count: number;
                        of: number;
                    } | null;
                    /** @description `count` of `of` deliveries that were sent over roads that can tell; null where none can */
                    converted: {
                        value: number;
                        count: number;
                        of: number;
                    } | null;
                };
            }[];
            total: {
                /** @description How many deliveries ever came so far, or ended so; one may be in several */
                counts: {
                    sent: number;
                    delivered: number;
                    displayed: number;
                    opened: number;
                    dismissed: number;
                    converted: number;
                    failed: number;
                    expired: number;
                    suppressed: number;
                    canceled: number;
                    recalled: number;
                };
                rates: {
                    /** @description `count` of `of` deliveries that were sent over roads that can tell; null where none can */
                    delivered: {
                        value: number;
                        count: number;
                        of: number;
                    } | null;
                    /** @description `count` of `of` deliveries that were sent over roads that can tell; null where none can */
                    displayed: {
                        value: number;
                        count: number;
                        of: number;
                    } | null;
                    /** @description `count` of `of` deliveries that were sent over roads that can tell; null where none can */
                    opened: {
                        value: number;
                        count: number;
                        of: number;
                    } | null;
                    /** @description `count` of `of` deliveries that were sent over roads that can tell; null where none can */
                    dismissed: {
                        value: number;
                        count: number;
                        of: number;
                    } | null;
                    /** @description `count` of `of` deliveries that were sent over roads that can tell; null where none can */
                    converted: {
                        value: number;
                        count: number;
                        of: number;
                    } | null;
                };
            };
            /** @description What each road was taken to be able to tell: by these the rates are made */
            roads: {
                /** @description null: ended before any road was found */
                provider: string | null;
                /** @description null: nobody knows */
                platform: ("ios" | "android" | "harmonyos" | "web" | "macos" | "windows" | "linux" | "watch" | "tv" | "iot") | null;
                tells: ("delivered" | "displayed" | "opened" | "dismissed" | "converted")[];
            }[];
        };
        RecordEventsBody: {
            events: {
                /** @description Yours; stands at its result. An event under an id that you told within 30 days is `known`, whatever it says. Required for `converted` and `feedback`, which may happen more than once */
                id?: string;
                /** @description Required, but for `feedback` */
                message?: string;
                /** @enum {string} */
                event: "delivered" | "displayed" | "opened" | "dismissed" | "converted" | "feedback";
                /** @description Of `opened`: the action that the person chose */
                action?: string;
                /**
                 * @description Of `converted`, required: what it was
                 * @example purchase
                 */
                name?: string;
                /** @description Of `converted`: what it was worth */
                value?: number;
                /** @description Of `value`: ISO 4217 */
                currency?: string;
                /** @description Of `feedback`, required: what the person said; at most 4 KiB and 8 levels */
                data?: {
                    [key: string]: unknown;
                };
                /**
                 * Format: date-time
                 * @description Now when absent; not older than 30 days
                 */
                at?: string;
                /** @description Chosen by the caller */
                device?: string;
            }[];
        };
        RecordEventsAnswer: {
            results: {
                id?: string;
                /** @description 200, 404 or 422 */
                status: number;
                /**
                 * @description `known`: an earlier event said so; nothing is changed
                 * @enum {string}
                 */
                result?: "recorded" | "known";
                /** @description Its pointers begin at this event */
                problem?: components["schemas"]["Problem"];
            }[];
        };
        ExportEventsAnswer: {
            id: string;
            seq: number;
            /** @enum {string} */
            type: "message.queued" | "message.completed" | "message.canceled" | "message.recalled" | "message.blocked" | "delivery.sent" | "delivery.delivered" | "delivery.displayed" | "delivery.opened" | "delivery.failed" | "delivery.expired" | "delivery.suppressed" | "delivery.canceled" | "delivery.recalled" | "receipt.dismissed" | "receipt.converted" | "receipt.feedback" | "device.registered" | "device.updated" | "device.removed" | "device.token_invalid" | "provider.degraded" | "provider.recovered" | "credential.expiring" | "credential.rejected" | "quota.threshold" | "client.upstream" | "webhook.failing" | "webhook.paused" | "webhook.test";
            /** Format: date-time */
            at: string;
            app: string;
            data: {
                [key: string]: unknown;
            };
        };
        PutOwnDeviceBody: {
            /**
             * @description Required to make a device
             * @enum {string}
             */
            platform?: "ios" | "android" | "harmonyos" | "web" | "macos" | "windows" | "linux" | "watch" | "tv" | "iot";
            manufacturer?: string | null;
            registrations?: {
                provider: string;
                /** @description null removes the registration */
                token: (string | {
                    [key: string]: unknown;
                }) | null;
                /**
                 * @default production
                 * @enum {string}
                 */
                environment?: "production" | "sandbox";
                /** @default alert */
                purpose?: string;
                bundle_id?: string;
                region?: string;
            }[];
            locale?: string | null;
            timezone?: string | null;
            app_version?: string | null;
            os_version?: string | null;
            model?: string | null;
            notifications?: ("on" | "off") | null;
        };
        ListDevicesAnswer: {
            data: components["schemas"]["Device"][];
            next_cursor: string | null;
            has_more: boolean;
        };
        PutUserBody: {
            /** @description Set by name, null removes; at most 64 in all */
            attributes?: {
                [key: string]: string | number | boolean | string[] | null;
            };
            /** @description An array takes the place of all tags; {add, remove} changes some. At most 100 in all */
            tags?: string[] | {
                add?: string[];
                remove?: string[];
            };
            locale?: string | null;
            timezone?: string | null;
            /** @description Taken as a whole; null forgets it */
            consent?: {
                marketing: boolean;
                /**
                 * Format: date-time
                 * @description When it was given or withdrawn; now when absent
                 */
                at?: string;
                /** @description Where it came from, in your own words */
                source?: string;
            } | null;
        };
        PutUserAnswer: {
            id: string;
            /** @constant */
            object: "user";
            app: string;
            attributes: {
                [key: string]: string | number | boolean | string[];
            };
            tags: string[];
            locale: string | null;
            timezone: string | null;
            consent: {
                marketing: boolean;
                /** Format: date-time */
                at: string;
                source?: string;
            } | null;
            /** @description How many devices are theirs */
            devices: number;
            /** @description null for a user who is known by devices only */
            created_at: string | null;
            updated_at: string | null;
        };
        ListUserDevicesAnswer: {
            data: components["schemas"]["Device"][];
            next_cursor: string | null;
            has_more: boolean;
        };
        GetUserTimelineAnswer: {
            data: components["schemas"]["UserDelivery"][];
            next_cursor: string | null;
            has_more: boolean;
        };
        EraseUserAnswer: {
            id: string;
            devices: number;
            /** @description Recorded ones; what was pending is only counted by its message */
            deliveries: number;
        };
        ListProvidersAnswer: {
            data: components["schemas"]["GetProviderAnswer"][];
            next_cursor: string | null;
            has_more: boolean;
        };
        GetProviderAnswer: {
            /** @description Its name in the app's file */
            name: string;
            kind: string;
            /**
             * @description `blocked`: the vendor refuses the credentials; `paused`: it asked for time or does not answer; `untried`: it never took a message of this app
             * @enum {string}
             */
            state: "ok" | "untried" | "paused" | "blocked";
            /** @description Why it is paused or blocked */
            reason: ("offline" | "no_ack" | "no_receipt" | "no_registration" | "token_invalid" | "token_wrong_app" | "payload_rejected" | "payload_too_large" | "rate_limited" | "quota_exceeded" | "provider_unavailable" | "credential_rejected" | "timeout" | "uncertain" | "opted_out" | "capped" | "quiet_hours" | "not_consented" | "superseded" | "user_changed" | "no_device" | "expired" | "canceled") | null;
            since: string | null;
            /** @description When one message is tried again */
            until: string | null;
            /** @description Classes of messages that the vendor takes none of until then; the others go on */
            parked: {
                /** @enum {string} */
                class: "transactional" | "marketing";
                /** @enum {string} */
                reason: "offline" | "no_ack" | "no_receipt" | "no_registration" | "token_invalid" | "token_wrong_app" | "payload_rejected" | "payload_too_large" | "rate_limited" | "quota_exceeded" | "provider_unavailable" | "credential_rejected" | "timeout" | "uncertain" | "opted_out" | "capped" | "quiet_hours" | "not_consented" | "superseded" | "user_changed" | "no_device" | "expired" | "canceled";
                /** Format: date-time */
                since: string;
                /** Format: date-time */
                until: string;
            }[];
            /** @description What the vendor lets through in a day, as far as it is known */
            quotas: {
                /** @enum {string} */
                class: "transactional" | "marketing";
                /** @enum {string} */
                per: "device" | "account";
                /** @description In a day of the vendor; null: only the vendor knows */
                max: number | null;
                /** @description What the vendor took since its day began; null per device */
                used: number | null;
                /** @description null per device, of which each has its own */
                left: number | null;
                /** Format: date-time */
                resets_at: string;
                /** @description Until then nothing of the class is sent */
                parked_until: string | null;
            }[];
            /** @description Up to ten seconds behind */
            last_accepted_at: string | null;
            /** @description Platforms that it is the own road of */
            native_for: string[];
            limits: {
                batch: number;
                payload_bytes: number;
                /**
                 * @description Longest that the vendor keeps a message
                 * @example 28d
                 */
                ttl: string;
            };
            /** @description Where its vendor tells of receipts. Only of one provider, for keys of scope `admin`, where the vendor tells any; whoever knows it can tell receipts */
            callback_url?: string;
        };
        TestProviderAnswer: {
            provider: string;
            kind: string;
            /** @enum {string} */
            verdict: "accepted" | "refused" | "unreachable" | "not_askable";
            detail: string;
            ms: number;
            vendor?: {
                status?: number;
                code?: string;
                text?: string;
            };
            /** @description What to do; always there for `refused` */
            cure?: string;
        };
        CreateBroadcastChannelBody: {
            /**
             * @default production
             * @enum {string}
             */
            environment?: "production" | "sandbox";
            /**
             * @description Whether the last message is kept, for eight hours, for those who come later; `none` allows more of them
             * @default most_recent
             * @enum {string}
             */
            storage?: "most_recent" | "none";
            /** @description The app; the provider's own when absent */
            bundle_id?: string;
        };
        CreateBroadcastChannelAnswer: {
            /** @description The token of a bare push token of purpose `broadcast` */
            id: string;
            /** @constant */
            object: "broadcast_channel";
            provider: string;
            /** @enum {string} */
            environment: "production" | "sandbox";
            /** @enum {string} */
            storage: "most_recent" | "none";
        };
        ListBroadcastChannelsAnswer: {
            data: {
                id: string;
                /** @constant */
                object: "broadcast_channel";
            }[];
            next_cursor: string | null;
            has_more: boolean;
        };
        ListTopicSubscribersAnswer: {
            data: {
                device: string;
                /** @description Whose the device is now */
                user: string | null;
                /** Format: date-time */
                subscribed_at: string;
            }[];
            next_cursor: string | null;
            has_more: boolean;
        };
        SubscribeToTopicBody: {
            devices?: string[];
            /** @description All devices that they have now; those they get later are not subscribed by this */
            users?: string[];
        };
        SubscribeToTopicAnswer: {
            topic: string;
            /** @description Devices that were not subscribed before */
            added: number;
            /** @description Devices that do not exist, and users nothing is known of */
            unknown: {
                devices: string[];
                users: string[];
            };
        };
        UnsubscribeFromTopicAnswer: {
            topic: string;
            removed: number;
        };
        CreateAccessTokenBody: {
            /** @description Chosen by the caller */
            device: string;
            /** @description What the device may do with it; everything when absent */
            scopes?: ("receive" | "events" | "register" | "upstream")[];
            /**
             * @description How long it is good for, from 60s to 24h
             * @default 1h
             * @example 24h
             */
            ttl?: string;
        };
        CreateAccessTokenAnswer: {
            /** @description The access token, for this device alone */
            token: string;
            /** Format: date-time */
            expires_at: string;
            /** @description Where the device connects, from `server.public_url` */
            urls: {
                ws: string;
                sse: string;
                poll: string;
            };
        };
        RevokeAccessBody: {
            /** @description Chosen by the caller */
            device?: string;
            /** @description Chosen by the caller */
            user?: string;
            /** @description Id of one token */
            jti?: string;
        };
        RevokeAccessAnswer: {
            revoked: {
                device?: string;
                user?: string;
                jti?: string;
            };
            /**
             * Format: date-time
             * @description Tokens issued up to then are refused; of a `jti`, whenever it was issued
             */
            up_to: string;
        };
        ListUpstreamMessagesAnswer: {
            data: {
                id: string;
                /** @constant */
                object: "upstream_message";
                device: string;
                /** @description Who had the device when it said this */
                user: string | null;
                topic: string;
                data: components["schemas"]["JsonObject"];
                /**
                 * Format: date-time
                 * @description When the device says it was
                 */
                at: string;
                /** Format: date-time */
                received_at: string;
            }[];
            next_cursor: string | null;
            has_more: boolean;
        };
        CreateWebhookEndpointBody: {
            /**
             * Format: uri
             * @description https; a private address only where `egress.allow` of the gateway lists it
             * @example https://crm.example.com/pealbell
             */
            url: string;
            /** @description For people */
            description?: string;
            /**
             * @description Names of events, kinds such as `delivery.*`, or `*` for everything
             * @default [
             *       "message.completed",
             *       "delivery.failed",
             *       "device.token_invalid",
             *       "credential.*"
             *     ]
             */
            events?: string[];
            /**
             * @description `summary`: of deliveries how many of each kind, message by message, in place of each single one
             * @default events
             * @enum {string}
             */
            level?: "events" | "summary";
            /**
             * @description `strict`: one call at a time, in order; one that fails holds up all after it
             * @default loose
             * @enum {string}
             */
            order?: "loose" | "strict";
            /**
             * @description Events in one call
             * @default 100
             */
            max_events?: number;
            /**
             * @description How long a call waits for more events
             * @default 1s
             * @example 24h
             */
            max_wait?: string;
        };
        CreateWebhookEndpointAnswer: {
            id: string;
            /** @constant */
            object: "webhook_endpoint";
            app: string;
            url: string;
            description: string | null;
            events: string[];
            /** @enum {string} */
            level: "events" | "summary";
            /** @enum {string} */
            order: "loose" | "strict";
            max_events: number;
            /** @example 1s */
            max_wait: string;
            /**
             * @description `file`: it stands in the app's file, and is changed there alone
             * @enum {string}
             */
            source: "api" | "file";
            /** @description Its name in the app's file */
            name: string | null;
            /**
             * @description `paused`: by you. `disabled`: the receiver answered 410, or failed for days. What happens meanwhile waits; `resume` goes on from there
             * @enum {string}
             */
            state: "active" | "paused" | "disabled";
            /** @description A sentence, of a state that nobody chose */
            state_reason: string | null;
            failing_since: string | null;
            /** @description Nothing is sent before: the receiver fails, or asked for time */
            held_until: string | null;
            last_success_at: string | null;
            /** @description Number of its newest call */
            endpoint_seq: number;
            /** @description Events that waited longer than events are kept, how many and when last */
            lost: {
                events: number;
                /** Format: date-time */
                at: string;
            } | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            /**
             * @description Shown now and never again
             * @example whsec_…
             */
            secret: string;
        };
        ListWebhookEndpointsAnswer: {
            data: components["schemas"]["WebhookEndpoint"][];
            next_cursor: string | null;
            has_more: boolean;
        };
        UpdateWebhookEndpointBody: {
            /**
             * Format: uri
             * @description https; a private address only where `egress.allow` of the gateway lists it
             * @example https://crm.example.com/pealbell
             */
            url?: string;
            /** @description `null` removes it */
            description?: string | null;
            /**
             * @description Names of events, kinds such as `delivery.*`, or `*` for everything
             * @default [
             *       "message.completed",
             *       "delivery.failed",
             *       "device.token_invalid",
             *       "credential.*"
             *     ]
             */
            events?: string[];
            /**
             * @description `summary`: of deliveries how many of each kind, message by message, in place of each single one
             * @default events
             * @enum {string}
             */
            level?: "events" | "summary";
            /**
             * @description `strict`: one call at a time, in order; one that fails holds up all after it
             * @default loose
             * @enum {string}
             */
            order?: "loose" | "strict";
            /**
             * @description Events in one call
             * @default 100
             */
            max_events?: number;
            /**
             * @description How long a call waits for more events
             * @default 1s
             * @example 24h
             */
            max_wait?: string;
        };
        RotateWebhookSecretBody: {
            /**
             * @description How long what signed before signs as well; `0s`: it ends now
             * @default 24h
             * @example 24h
             */
            overlap?: string;
        };
        RotateWebhookSecretAnswer: {
            id: string;
            /** @constant */
            object: "webhook_endpoint";
            app: string;
            url: string;
            description: string | null;
            events: string[];
            /** @enum {string} */
            level: "events" | "summary";
            /** @enum {string} */
            order: "loose" | "strict";
            max_events: number;
            /** @example 1s */
            max_wait: string;
            /**
             * @description `file`: it stands in the app's file, and is changed there alone
             * @enum {string}
             */
            source: "api" | "file";
            /** @description Its name in the app's file */
            name: string | null;
            /**
             * @description `paused`: by you. `disabled`: the receiver answered 410, or failed for days. What happens meanwhile waits; `resume` goes on from there
             * @enum {string}
             */
            state: "active" | "paused" | "disabled";
            /** @description A sentence, of a state that nobody chose */
            state_reason: string | null;
            failing_since: string | null;
            /** @description Nothing is sent before: the receiver fails, or asked for time */
            held_until: string | null;
            last_success_at: string | null;
            /** @description Number of its newest call */
            endpoint_seq: number;
            /** @description Events that waited longer than events are kept, how many and when last */
            lost: {
                events: number;
                /** Format: date-time */
                at: string;
            } | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            /**
             * @description Shown now and never again
             * @example whsec_…
             */
            secret: string;
            /**
             * Format: date-time
             * @description Until then what signed before signs as well
             */
            overlap_until: string;
        };
        ListWebhookDeliveriesAnswer: {
            data: components["schemas"]["WebhookDelivery"][];
            next_cursor: string | null;
            has_more: boolean;
        };
        ReplayWebhookDeliveriesAnswer: {
            /** @description Calls that are made anew, as new deliveries at the end */
            replayed: number;
            /** @description Named ones that wait still, or are none of this endpoint */
            passed_over: number;
            /** @description Calls whose events are kept no longer */
            gone: number;
            has_more: boolean;
            /** @description Where there are more: the same call with this as `cursor` */
            next_cursor: string | null;
        };
        StreamFramesAnswer: {
            /**
             * @description Its kind
             * @example push
             */
            t: string;
        } & {
            [key: string]: unknown;
        };
        PollFramesAnswer: {
            frames: components["schemas"]["StreamFramesAnswer"][];
            /** @description Asking with it says `got` and `done` for every push in this answer */
            cursor: string;
        };
        SendAcksBody: {
            /** @description Of the welcome; needed for `got` */
            session?: string;
            /** @description All pushes up to this `seq` of the session have arrived */
            got?: number;
            /** @description Messages that the app has dealt with */
            done?: string[];
            /** @description Names the counter `n`; needed for `up`, and for the events `converted` and `feedback` */
            stream?: string;
            events?: {
                /** @description Its place in the stream, from 1, without holes */
                n: number;
                /** @description The message; `feedback` may go without one */
                id?: string;
                /**
                 * @description `displayed`, `opened`, `dismissed`, `converted` or `feedback`
                 * @example opened
                 */
                event: string;
                /** @description Of `opened`: the action that was chosen */
                action?: string;
                /**
                 * @description Of `converted`: what it was
                 * @example purchase
                 */
                name?: string;
                /** @description Of `converted` */
                value?: number;
                /**
                 * @description Of `converted`: ISO 4217
                 * @example EUR
                 */
                currency?: string;
                /** @description Of `feedback`: at most 4 KiB */
                data?: {
                    [key: string]: unknown;
                };
                /**
                 * Format: date-time
                 * @description When it was, RFC 3339
                 */
                at: string;
            }[];
            /** @description Messages to the app's server */
            up?: {
                /** @description Its place in the stream, from 1, without holes */
                n: number;
                topic: string;
                /** @description At most 16 KiB */
                data: {
                    [key: string]: unknown;
                };
            }[];
        };
        SendAcksAnswer: {
            /** @description All `event` and `up` up to this `n` are safe */
            ok?: number;
            /** @description Those that can never be taken; they count as safe */
            errors: {
                n: number;
                code: string;
                detail: string;
            }[];
        };
        CreateTicketAnswer: {
            /** @description For `?ticket=` */
            ticket: string;
            /** Format: date-time */
            expires_at: string;
        };
        CompareConfigAnswer: {
            /** @description In the words of the files */
            in_force: components["schemas"]["JsonObject"];
            /** @description What the files say; null where they have faults */
            written: components["schemas"]["JsonObject"] | null;
            /** @description What the next reload would change, the text of secrets included */
            pending: {
                /** @description Such as apps.shop, apps.shop.providers.apns or log.level */
                key: string;
                /** @enum {string} */
                change: "added" | "changed" | "removed";
            }[];
            /** @description Settings that take effect when the process starts anew */
            needs_restart: string[];
            /** @description Why the files cannot take effect */
            faults: string[];
        };
        ReloadConfigAnswer: {
            changed: {
                /** @description Such as apps.shop, apps.shop.providers.apns or log.level */
                key: string;
                /** @enum {string} */
                change: "added" | "changed" | "removed";
            }[];
            /** @description Settings whose new value takes effect when the process starts anew */
            needs_restart: string[];
        };
        LiveAnswer: {
            ok: boolean;
        };
        ReadyAnswer: {
            ok: boolean;
            checks: {
                [key: string]: string;
            };
        };
        ProblemAnswer: {
            code: string;
            status: number;
            title: string;
            means: string;
            remedy: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type NewMessage = components['schemas']['NewMessage'];
export type Targets = components['schemas']['Targets'];
export type Filter = components['schemas']['Filter'];
export type Notification = components['schemas']['Notification'];
export type DeliveryTerms = components['schemas']['DeliveryTerms'];
export type BatchMessage = components['schemas']['BatchMessage'];
export type AcceptedMessage = components['schemas']['AcceptedMessage'];
export type SettledMessage = components['schemas']['SettledMessage'];
export type BatchResult = components['schemas']['BatchResult'];
export type MessagePlan = components['schemas']['MessagePlan'];
export type Message = components['schemas']['Message'];
export type Delivery = components['schemas']['Delivery'];
export type DeviceChange = components['schemas']['DeviceChange'];
export type DeviceLine = components['schemas']['DeviceLine'];
export type Device = components['schemas']['Device'];
export type MessageEvent = components['schemas']['MessageEvent'];
export type UserDelivery = components['schemas']['UserDelivery'];
export type UserExportLine = components['schemas']['UserExportLine'];
export type WebhookEndpoint = components['schemas']['WebhookEndpoint'];
export type WebhookDelivery = components['schemas']['WebhookDelivery'];
export type WebhookDeliveryDetail = components['schemas']['WebhookDeliveryDetail'];
export type WebhookReplay = components['schemas']['WebhookReplay'];
export type ImportResult = components['schemas']['ImportResult'];
export type Problem = components['schemas']['Problem'];
export type JsonObject = components['schemas']['JsonObject'];
export type SendMessageBatchBody = components['schemas']['SendMessageBatchBody'];
export type SendMessageBatchAnswer = components['schemas']['SendMessageBatchAnswer'];
export type ListMessagesAnswer = components['schemas']['ListMessagesAnswer'];
export type ListDeliveriesAnswer = components['schemas']['ListDeliveriesAnswer'];
export type GetMessageTimelineAnswer = components['schemas']['GetMessageTimelineAnswer'];
export type RecallMessageAnswer = components['schemas']['RecallMessageAnswer'];
export type GetStatsAnswer = components['schemas']['GetStatsAnswer'];
export type RecordEventsBody = components['schemas']['RecordEventsBody'];
export type RecordEventsAnswer = components['schemas']['RecordEventsAnswer'];
export type ExportEventsAnswer = components['schemas']['ExportEventsAnswer'];
export type PutOwnDeviceBody = components['schemas']['PutOwnDeviceBody'];
export type ListDevicesAnswer = components['schemas']['ListDevicesAnswer'];
export type PutUserBody = components['schemas']['PutUserBody'];
export type PutUserAnswer = components['schemas']['PutUserAnswer'];
export type ListUserDevicesAnswer = components['schemas']['ListUserDevicesAnswer'];
export type GetUserTimelineAnswer = components['schemas']['GetUserTimelineAnswer'];
export type EraseUserAnswer = components['schemas']['EraseUserAnswer'];
export type ListProvidersAnswer = components['schemas']['ListProvidersAnswer'];
export type GetProviderAnswer = components['schemas']['GetProviderAnswer'];
export type TestProviderAnswer = components['schemas']['TestProviderAnswer'];
export type CreateBroadcastChannelBody = components['schemas']['CreateBroadcastChannelBody'];
export type CreateBroadcastChannelAnswer = components['schemas']['CreateBroadcastChannelAnswer'];
export type ListBroadcastChannelsAnswer = components['schemas']['ListBroadcastChannelsAnswer'];
export type ListTopicSubscribersAnswer = components['schemas']['ListTopicSubscribersAnswer'];
export type SubscribeToTopicBody = components['schemas']['SubscribeToTopicBody'];
export type SubscribeToTopicAnswer = components['schemas']['SubscribeToTopicAnswer'];
export type UnsubscribeFromTopicAnswer = components['schemas']['UnsubscribeFromTopicAnswer'];
export type CreateAccessTokenBody = components['schemas']['CreateAccessTokenBody'];
export type CreateAccessTokenAnswer = components['schemas']['CreateAccessTokenAnswer'];
export type RevokeAccessBody = components['schemas']['RevokeAccessBody'];
export type RevokeAccessAnswer = components['schemas']['RevokeAccessAnswer'];
export type ListUpstreamMessagesAnswer = components['schemas']['ListUpstreamMessagesAnswer'];
export type CreateWebhookEndpointBody = components['schemas']['CreateWebhookEndpointBody'];
export type CreateWebhookEndpointAnswer = components['schemas']['CreateWebhookEndpointAnswer'];
export type ListWebhookEndpointsAnswer = components['schemas']['ListWebhookEndpointsAnswer'];
export type UpdateWebhookEndpointBody = components['schemas']['UpdateWebhookEndpointBody'];
export type RotateWebhookSecretBody = components['schemas']['RotateWebhookSecretBody'];
export type RotateWebhookSecretAnswer = components['schemas']['RotateWebhookSecretAnswer'];
export type ListWebhookDeliveriesAnswer = components['schemas']['ListWebhookDeliveriesAnswer'];
export type ReplayWebhookDeliveriesAnswer = components['schemas']['ReplayWebhookDeliveriesAnswer'];
export type StreamFramesAnswer = components['schemas']['StreamFramesAnswer'];
export type PollFramesAnswer = components['schemas']['PollFramesAnswer'];
export type SendAcksBody = components['schemas']['SendAcksBody'];
export type SendAcksAnswer = components['schemas']['SendAcksAnswer'];
export type CreateTicketAnswer = components['schemas']['CreateTicketAnswer'];
export type CompareConfigAnswer = components['schemas']['CompareConfigAnswer'];
export type ReloadConfigAnswer = components['schemas']['ReloadConfigAnswer'];
export type LiveAnswer = components['schemas']['LiveAnswer'];
export type ReadyAnswer = components['schemas']['ReadyAnswer'];
export type ProblemAnswer = components['schemas']['ProblemAnswer'];
export type $defs = Record<string, never>;
export interface operations {
    listMessages: {
        parameters: {
            query?: {
                /** @description Entries of a page */
                limit?: number;
                /** @description `next_cursor` of the page before */
                cursor?: string;
            };
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of messages */
            200: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListMessagesAnswer"];
                };
            };
            /** @description malformed_request */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_not_found";
                    };
                };
            };
            /** @description validation_failed, app_required */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "validation_failed" | "app_required";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description store_unavailable, simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "store_unavailable" | "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    sendMessage: {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeats under the same key and path make nothing new; kept for 48 h */
                "Idempotency-Key"?: string;
                /** @description `wait=N` (RFC 7240): up to N seconds, at most 30, for the deliveries of a message to up to 100 devices */
                Prefer?: string;
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewMessage"];
            };
        };
        responses: {
            /** @description All of it settled within the preferred wait */
            200: {
                headers: {
                    /** @description Where to ask what became of it */
                    Location?: string;
                    /** @description `true` when this is the message of an earlier call with the same key */
                    "Idempotency-Replayed"?: string;
                    /** @description `wait=N` when the answer was held back for it */
                    "Preference-Applied"?: string;
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SettledMessage"];
                };
            };
            /** @description Accepted: durable, and on its way */
            202: {
                headers: {
                    /** @description Where to ask what became of it */
                    Location?: string;
                    /** @description `true` when this is the message of an earlier call with the same key */
                    "Idempotency-Replayed"?: string;
                    /** @description `wait=N` when the answer was held back for it */
                    "Preference-Applied"?: string;
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedMessage"];
                };
            };
            /** @description malformed_request, malformed_json */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request" | "malformed_json";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_not_found";
                    };
                };
            };
            /** @description request_timeout */
            408: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "request_timeout";
                    };
                };
            };
            /** @description idempotency_in_progress */
            409: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "idempotency_in_progress";
                    };
                };
            };
            /** @description payload_too_large */
            413: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "payload_too_large";
                    };
                };
            };
            /** @description unsupported_media_type */
            415: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description idempotency_mismatch, audience_too_large, app_required, validation_failed */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "idempotency_mismatch" | "audience_too_large" | "app_required" | "validation_failed";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description overloaded, disk_full, store_unavailable, simulators_unreachable */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "overloaded" | "disk_full" | "store_unavailable" | "simulators_unreachable";
                    };
                };
            };
        };
    };
    sendMessageBatch: {
        parameters: {
            query?: never;
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SendMessageBatchBody"];
            };
        };
        responses: {
            /** @description One result per message, in order */
            200: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SendMessageBatchAnswer"];
                };
            };
            /** @description malformed_request, malformed_json */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request" | "malformed_json";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_not_found";
                    };
                };
            };
            /** @description request_timeout */
            408: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "request_timeout";
                    };
                };
            };
            /** @description payload_too_large */
            413: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "payload_too_large";
                    };
                };
            };
            /** @description unsupported_media_type */
            415: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description app_required, validation_failed */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_required" | "validation_failed";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    validateMessage: {
        parameters: {
            query?: {
                /** @description `true`: also asks the vendors that can judge a message without sending it; takes up to 5 s */
                providers?: "true" | "false";
            };
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewMessage"];
            };
        };
        responses: {
            /** @description The plan of a message that a send would take */
            200: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessagePlan"];
                };
            };
            /** @description malformed_request, malformed_json */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request" | "malformed_json";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_not_found";
                    };
                };
            };
            /** @description request_timeout */
            408: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "request_timeout";
                    };
                };
            };
            /** @description payload_too_large */
            413: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "payload_too_large";
                    };
                };
            };
            /** @description unsupported_media_type */
            415: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description audience_too_large, app_required, validation_failed */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "audience_too_large" | "app_required" | "validation_failed";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description store_unavailable, simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "store_unavailable" | "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    getMessage: {
        parameters: {
            query?: never;
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path: {
                /** @description Id of the message */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The message with its exact counts */
            200: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description malformed_request */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description message_not_found, app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "message_not_found" | "app_not_found";
                    };
                };
            };
            /** @description app_required, validation_failed */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_required" | "validation_failed";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description store_unavailable, simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "store_unavailable" | "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    listDeliveries: {
        parameters: {
            query?: {
                /** @description Entries of a page */
                limit?: number;
                /** @description `next_cursor` of the page before */
                cursor?: string;
            };
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path: {
                /** @description Id of the message */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of deliveries */
            200: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListDeliveriesAnswer"];
                };
            };
            /** @description malformed_request */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description message_not_found, app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "message_not_found" | "app_not_found";
                    };
                };
            };
            /** @description validation_failed, app_required */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "validation_failed" | "app_required";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description store_unavailable, simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "store_unavailable" | "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    getMessageTimeline: {
        parameters: {
            query?: {
                /** @description Entries of a page */
                limit?: number;
                /** @description `next_cursor` of the page before */
                cursor?: string;
                /** @description Only what happened to this device, beside what happened to the message itself */
                device?: string;
            };
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path: {
                /** @description Id of the message */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of events */
            200: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GetMessageTimelineAnswer"];
                };
            };
            /** @description malformed_request */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description message_not_found, app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "message_not_found" | "app_not_found";
                    };
                };
            };
            /** @description validation_failed, app_required */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "validation_failed" | "app_required";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description store_unavailable, simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "store_unavailable" | "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    cancelMessage: {
        parameters: {
            query?: never;
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path: {
                /** @description Id of the message */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The message; its counts tell what had left */
            200: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description malformed_request, malformed_json */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request" | "malformed_json";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description message_not_found, app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "message_not_found" | "app_not_found";
                    };
                };
            };
            /** @description request_timeout */
            408: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "request_timeout";
                    };
                };
            };
            /** @description payload_too_large */
            413: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "payload_too_large";
                    };
                };
            };
            /** @description unsupported_media_type */
            415: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description app_required, validation_failed */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_required" | "validation_failed";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description store_unavailable, simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "store_unavailable" | "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    recallMessage: {
        parameters: {
            query?: never;
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path: {
                /** @description Id of the message */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The message, and what could not be called back */
            200: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecallMessageAnswer"];
                };
            };
            /** @description malformed_request, malformed_json */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request" | "malformed_json";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description message_not_found, app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "message_not_found" | "app_not_found";
                    };
                };
            };
            /** @description request_timeout */
            408: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "request_timeout";
                    };
                };
            };
            /** @description payload_too_large */
            413: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "payload_too_large";
                    };
                };
            };
            /** @description unsupported_media_type */
            415: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description app_required, validation_failed */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_required" | "validation_failed";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description store_unavailable, simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "store_unavailable" | "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    exportMessageDeliveries: {
        parameters: {
            query?: never;
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path: {
                /** @description Id of the message */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One delivery per line */
            200: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": components["schemas"]["Delivery"];
                };
            };
            /** @description malformed_request */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description message_not_found, app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "message_not_found" | "app_not_found";
                    };
                };
            };
            /** @description app_required, validation_failed */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_required" | "validation_failed";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description store_unavailable, simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "store_unavailable" | "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    exportDeliveries: {
        parameters: {
            query?: {
                /** @description Messages accepted from then on (RFC 3339); without it the last 24 hours */
                from?: string;
                /** @description Messages accepted before then (RFC 3339); now without it */
                to?: string;
            };
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One delivery per line */
            200: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": components["schemas"]["Delivery"];
                };
            };
            /** @description malformed_request */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_not_found";
                    };
                };
            };
            /** @description validation_failed, app_required */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "validation_failed" | "app_required";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description store_unavailable, simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "store_unavailable" | "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    getStats: {
        parameters: {
            query?: {
                /** @description RFC 3339; its hour, or day, is in it. Without it the last 24 hours, or 30 days */
                from?: string;
                /** @description RFC 3339; now without it */
                to?: string;
                /** @description `hour`: 31 days at most; `day`: 400 days at most */
                by?: "hour" | "day";
                /** @description What is counted apart, with commas between: `provider`, `platform`, `class` */
                group?: string;
            };
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The counts */
            200: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GetStatsAnswer"];
                };
            };
            /** @description malformed_request */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_not_found";
                    };
                };
            };
            /** @description validation_failed, app_required */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "validation_failed" | "app_required";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description store_unavailable, simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "store_unavailable" | "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    recordEvents: {
        parameters: {
            query?: never;
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RecordEventsBody"];
            };
        };
        responses: {
            /** @description One result per event, in order */
            200: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordEventsAnswer"];
                };
            };
            /** @description malformed_request, malformed_json */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request" | "malformed_json";
                    };
                };
            };
            /** @description token_refused, token_expired, unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "token_refused" | "token_expired" | "unauthorized";
                    };
                };
            };
            /** @description access_revoked, foreign_origin, missing_scope, not_theirs, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "access_revoked" | "foreign_origin" | "missing_scope" | "not_theirs" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description no_realtime, unknown_device, app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "no_realtime" | "unknown_device" | "app_not_found";
                    };
                };
            };
            /** @description request_timeout */
            408: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "request_timeout";
                    };
                };
            };
            /** @description payload_too_large */
            413: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "payload_too_large";
                    };
                };
            };
            /** @description unsupported_media_type */
            415: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description validation_failed, app_required */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "validation_failed" | "app_required";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description disk_full, store_unavailable, overloaded, simulators_unreachable */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "disk_full" | "store_unavailable" | "overloaded" | "simulators_unreachable";
                    };
                };
            };
        };
    };
    exportEvents: {
        parameters: {
            query?: {
                /** @description `seq` of the last event that is known; from the oldest kept without it */
                after?: number;
                /** @description Only these, with commas between: `delivery.failed`, `message.*`. All without it */
                types?: string;
            };
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One event per line */
            200: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": components["schemas"]["ExportEventsAnswer"];
                };
            };
            /** @description malformed_request */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_not_found";
                    };
                };
            };
            /** @description validation_failed, app_required */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "validation_failed" | "app_required";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description store_unavailable, simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "store_unavailable" | "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    putOwnDevice: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PutOwnDeviceBody"];
            };
        };
        responses: {
            /** @description Changed */
            200: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Device"];
                };
            };
            /** @description Made */
            201: {
                headers: {
                    /** @description Where the device is */
                    Location?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Device"];
                };
            };
            /** @description malformed_request, malformed_json */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request" | "malformed_json";
                    };
                };
            };
            /** @description token_refused, token_expired */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "token_refused" | "token_expired";
                    };
                };
            };
            /** @description access_revoked, foreign_origin, missing_scope, not_theirs */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "access_revoked" | "foreign_origin" | "missing_scope" | "not_theirs";
                    };
                };
            };
            /** @description no_realtime, unknown_device */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "no_realtime" | "unknown_device";
                    };
                };
            };
            /** @description request_timeout */
            408: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "request_timeout";
                    };
                };
            };
            /** @description payload_too_large */
            413: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "payload_too_large";
                    };
                };
            };
            /** @description unsupported_media_type */
            415: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description validation_failed */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "validation_failed";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description disk_full, overloaded, store_unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "disk_full" | "overloaded" | "store_unavailable";
                    };
                };
            };
        };
    };
    importDevices: {
        parameters: {
            query?: never;
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path?: never;
            cookie?: never;
        };
        /** @description One JSON object per line, any number of lines. Read the answers while you send. */
        requestBody: {
            content: {
                "application/x-ndjson": components["schemas"]["DeviceLine"];
            };
        };
        responses: {
            /** @description One result per line */
            200: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": components["schemas"]["ImportResult"];
                };
            };
            /** @description malformed_request */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_not_found";
                    };
                };
            };
            /** @description unsupported_media_type */
            415: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description app_required, validation_failed */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_required" | "validation_failed";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    exportDevices: {
        parameters: {
            query?: never;
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One device per line */
            200: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": components["schemas"]["Device"];
                };
            };
            /** @description malformed_request */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_not_found";
                    };
                };
            };
            /** @description app_required, validation_failed */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_required" | "validation_failed";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description store_unavailable, simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "store_unavailable" | "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    getDevice: {
        parameters: {
            query?: never;
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path: {
                /** @description Id of the device */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The device */
            200: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Device"];
                };
            };
            /** @description malformed_request */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description device_not_found, app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "device_not_found" | "app_not_found";
                    };
                };
            };
            /** @description app_required, validation_failed */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_required" | "validation_failed";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description store_unavailable, simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "store_unavailable" | "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    putDevice: {
        parameters: {
            query?: never;
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path: {
                /** @description Id of the device */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeviceChange"];
            };
        };
        responses: {
            /** @description Changed */
            200: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Device"];
                };
            };
            /** @description Made */
            201: {
                headers: {
                    /** @description Where the device is */
                    Location?: string;
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Device"];
                };
            };
            /** @description malformed_request, malformed_json */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request" | "malformed_json";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_not_found";
                    };
                };
            };
            /** @description request_timeout */
            408: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "request_timeout";
                    };
                };
            };
            /** @description payload_too_large */
            413: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "payload_too_large";
                    };
                };
            };
            /** @description unsupported_media_type */
            415: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description app_required, validation_failed */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_required" | "validation_failed";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description disk_full, store_unavailable, simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "disk_full" | "store_unavailable" | "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    deleteDevice: {
        parameters: {
            query?: never;
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path: {
                /** @description Id of the device */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted */
            204: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description malformed_request, malformed_json */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request" | "malformed_json";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description device_not_found, app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "device_not_found" | "app_not_found";
                    };
                };
            };
            /** @description request_timeout */
            408: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "request_timeout";
                    };
                };
            };
            /** @description payload_too_large */
            413: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "payload_too_large";
                    };
                };
            };
            /** @description unsupported_media_type */
            415: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description app_required, validation_failed */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_required" | "validation_failed";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description store_unavailable, simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "store_unavailable" | "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    updateDevice: {
        parameters: {
            query?: never;
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path: {
                /** @description Id of the device */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeviceChange"];
            };
        };
        responses: {
            /** @description Changed */
            200: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Device"];
                };
            };
            /** @description malformed_request, malformed_json */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request" | "malformed_json";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description device_not_found, app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "device_not_found" | "app_not_found";
                    };
                };
            };
            /** @description request_timeout */
            408: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "request_timeout";
                    };
                };
            };
            /** @description payload_too_large */
            413: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "payload_too_large";
                    };
                };
            };
            /** @description unsupported_media_type */
            415: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description app_required, validation_failed */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_required" | "validation_failed";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description disk_full, store_unavailable, simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "disk_full" | "store_unavailable" | "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    listDevices: {
        parameters: {
            query?: {
                /** @description Entries of a page */
                limit?: number;
                /** @description `next_cursor` of the page before */
                cursor?: string;
            };
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of devices */
            200: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListDevicesAnswer"];
                };
            };
            /** @description malformed_request */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_not_found";
                    };
                };
            };
            /** @description validation_failed, app_required */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "validation_failed" | "app_required";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description store_unavailable, simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "store_unavailable" | "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    createDevice: {
        parameters: {
            query?: never;
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeviceChange"];
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    /** @description Where the device is */
                    Location?: string;
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Device"];
                };
            };
            /** @description malformed_request, malformed_json */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request" | "malformed_json";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_not_found";
                    };
                };
            };
            /** @description request_timeout */
            408: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "request_timeout";
                    };
                };
            };
            /** @description payload_too_large */
            413: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "payload_too_large";
                    };
                };
            };
            /** @description unsupported_media_type */
            415: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description app_required, validation_failed */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_required" | "validation_failed";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description disk_full, store_unavailable, simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "disk_full" | "store_unavailable" | "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    getUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path: {
                /** @description Id of the user */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The user */
            200: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PutUserAnswer"];
                };
            };
            /** @description malformed_request */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description user_not_found, app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "user_not_found" | "app_not_found";
                    };
                };
            };
            /** @description app_required, validation_failed */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_required" | "validation_failed";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description store_unavailable, simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "store_unavailable" | "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    putUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path: {
                /** @description Id of the user */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PutUserBody"];
            };
        };
        responses: {
            /** @description Changed */
            200: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PutUserAnswer"];
                };
            };
            /** @description Made */
            201: {
                headers: {
                    /** @description Where the user is */
                    Location?: string;
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PutUserAnswer"];
                };
            };
            /** @description malformed_request, malformed_json */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request" | "malformed_json";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_not_found";
                    };
                };
            };
            /** @description request_timeout */
            408: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "request_timeout";
                    };
                };
            };
            /** @description payload_too_large */
            413: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "payload_too_large";
                    };
                };
            };
            /** @description unsupported_media_type */
            415: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description app_required, validation_failed */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_required" | "validation_failed";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description disk_full, store_unavailable, simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "disk_full" | "store_unavailable" | "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    eraseUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path: {
                /** @description Id of the user */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was removed */
            200: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EraseUserAnswer"];
                };
            };
            /** @description malformed_request, malformed_json */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request" | "malformed_json";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description user_not_found, app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "user_not_found" | "app_not_found";
                    };
                };
            };
            /** @description request_timeout */
            408: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "request_timeout";
                    };
                };
            };
            /** @description payload_too_large */
            413: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "payload_too_large";
                    };
                };
            };
            /** @description unsupported_media_type */
            415: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description app_required, validation_failed */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_required" | "validation_failed";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description store_unavailable, simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "store_unavailable" | "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    listUserDevices: {
        parameters: {
            query?: {
                /** @description Entries of a page */
                limit?: number;
                /** @description `next_cursor` of the page before */
                cursor?: string;
            };
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path: {
                /** @description Id of the user */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of devices; empty for an unknown user */
            200: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListUserDevicesAnswer"];
                };
            };
            /** @description malformed_request */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_not_found";
                    };
                };
            };
            /** @description validation_failed, app_required */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "validation_failed" | "app_required";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description store_unavailable, simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "store_unavailable" | "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    getUserTimeline: {
        parameters: {
            query?: {
                /** @description Entries of a page */
                limit?: number;
                /** @description `next_cursor` of the page before */
                cursor?: string;
            };
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path: {
                /** @description Id of the user */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of deliveries, explained; empty for an unknown user */
            200: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GetUserTimelineAnswer"];
                };
            };
            /** @description malformed_request */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_not_found";
                    };
                };
            };
            /** @description validation_failed, app_required */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "validation_failed" | "app_required";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description store_unavailable, simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "store_unavailable" | "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    exportUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path: {
                /** @description Id of the user */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One line for each */
            200: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": components["schemas"]["UserExportLine"];
                };
            };
            /** @description malformed_request */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description user_not_found, app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "user_not_found" | "app_not_found";
                    };
                };
            };
            /** @description app_required, validation_failed */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_required" | "validation_failed";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description store_unavailable, simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "store_unavailable" | "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    listProviders: {
        parameters: {
            query?: never;
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them */
            200: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListProvidersAnswer"];
                };
            };
            /** @description malformed_request */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_not_found";
                    };
                };
            };
            /** @description app_required, validation_failed */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_required" | "validation_failed";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description store_unavailable, simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "store_unavailable" | "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    getProvider: {
        parameters: {
            query?: never;
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path: {
                /** @description Name of the provider in the app's file */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The provider */
            200: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GetProviderAnswer"];
                };
            };
            /** @description malformed_request */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description provider_not_found, app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "provider_not_found" | "app_not_found";
                    };
                };
            };
            /** @description app_required, validation_failed */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_required" | "validation_failed";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description store_unavailable, simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "store_unavailable" | "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    testProvider: {
        parameters: {
            query?: never;
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path: {
                /** @description Name of the provider in the app's file */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What it said, whatever that is */
            200: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TestProviderAnswer"];
                };
            };
            /** @description malformed_request, malformed_json */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request" | "malformed_json";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description provider_not_found, app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "provider_not_found" | "app_not_found";
                    };
                };
            };
            /** @description request_timeout */
            408: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "request_timeout";
                    };
                };
            };
            /** @description payload_too_large */
            413: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "payload_too_large";
                    };
                };
            };
            /** @description unsupported_media_type */
            415: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description app_required, validation_failed */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_required" | "validation_failed";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    takeReceipts: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Name of the provider in the app's file */
                provider: string;
                /** @description The app */
                app: string;
                /** @description Known to the vendor alone */
                secret: string;
            };
            cookie?: never;
        };
        /** @description As the vendor sends it, at most 1 MB */
        requestBody?: {
            content: {
                "*/*": string;
            };
        };
        responses: {
            /** @description In the form that the vendor expects */
            200: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "*/*": string;
                };
            };
            /** @description malformed_request */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                    };
                };
            };
            /** @description request_timeout */
            408: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "request_timeout";
                    };
                };
            };
            /** @description payload_too_large */
            413: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "payload_too_large";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description overloaded, disk_full, store_unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "overloaded" | "disk_full" | "store_unavailable";
                    };
                };
            };
        };
    };
    listBroadcastChannels: {
        parameters: {
            query?: {
                /** @description `production` when absent */
                environment?: "production" | "sandbox";
                /** @description The app; the provider's own when absent */
                bundle_id?: string;
            };
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path: {
                /** @description Name of the provider in the app's file */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them */
            200: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListBroadcastChannelsAnswer"];
                };
            };
            /** @description malformed_request */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description provider_not_found, app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "provider_not_found" | "app_not_found";
                    };
                };
            };
            /** @description vendor_refused, app_required, validation_failed */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "vendor_refused" | "app_required" | "validation_failed";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description vendor_unreachable, simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "vendor_unreachable" | "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    createBroadcastChannel: {
        parameters: {
            query?: never;
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path: {
                /** @description Name of the provider in the app's file */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateBroadcastChannelBody"];
            };
        };
        responses: {
            /** @description The channel; keep its id */
            201: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreateBroadcastChannelAnswer"];
                };
            };
            /** @description malformed_request, malformed_json */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request" | "malformed_json";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description provider_not_found, app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "provider_not_found" | "app_not_found";
                    };
                };
            };
            /** @description request_timeout */
            408: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "request_timeout";
                    };
                };
            };
            /** @description payload_too_large */
            413: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "payload_too_large";
                    };
                };
            };
            /** @description unsupported_media_type */
            415: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description vendor_refused, app_required, validation_failed */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "vendor_refused" | "app_required" | "validation_failed";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description vendor_unreachable, simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "vendor_unreachable" | "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    getBroadcastChannel: {
        parameters: {
            query?: {
                /** @description `production` when absent */
                environment?: "production" | "sandbox";
                /** @description The app; the provider's own when absent */
                bundle_id?: string;
            };
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path: {
                /** @description Name of the provider in the app's file */
                name: string;
                /** @description Id of the channel, percent-encoded: it may hold `/` and `+` */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The channel */
            200: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreateBroadcastChannelAnswer"];
                };
            };
            /** @description malformed_request */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description provider_not_found, channel_not_found, app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "provider_not_found" | "channel_not_found" | "app_not_found";
                    };
                };
            };
            /** @description vendor_refused, app_required, validation_failed */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "vendor_refused" | "app_required" | "validation_failed";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description vendor_unreachable, simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "vendor_unreachable" | "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    deleteBroadcastChannel: {
        parameters: {
            query?: {
                /** @description `production` when absent */
                environment?: "production" | "sandbox";
                /** @description The app; the provider's own when absent */
                bundle_id?: string;
            };
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path: {
                /** @description Name of the provider in the app's file */
                name: string;
                /** @description Id of the channel, percent-encoded: it may hold `/` and `+` */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone */
            204: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description malformed_request, malformed_json */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request" | "malformed_json";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description provider_not_found, channel_not_found, app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "provider_not_found" | "channel_not_found" | "app_not_found";
                    };
                };
            };
            /** @description request_timeout */
            408: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "request_timeout";
                    };
                };
            };
            /** @description payload_too_large */
            413: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "payload_too_large";
                    };
                };
            };
            /** @description unsupported_media_type */
            415: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description vendor_refused, app_required, validation_failed */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "vendor_refused" | "app_required" | "validation_failed";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description vendor_unreachable, simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "vendor_unreachable" | "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    listTopicSubscribers: {
        parameters: {
            query?: {
                /** @description Entries of a page */
                limit?: number;
                /** @description `next_cursor` of the page before */
                cursor?: string;
            };
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path: {
                /** @description Name of the topic */
                topic: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of subscribers; empty for a topic of nobody */
            200: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListTopicSubscribersAnswer"];
                };
            };
            /** @description malformed_request */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_not_found";
                    };
                };
            };
            /** @description validation_failed, app_required */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "validation_failed" | "app_required";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description store_unavailable, simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "store_unavailable" | "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    subscribeToTopic: {
        parameters: {
            query?: never;
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path: {
                /** @description Name of the topic */
                topic: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SubscribeToTopicBody"];
            };
        };
        responses: {
            /** @description Subscribed */
            200: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubscribeToTopicAnswer"];
                };
            };
            /** @description malformed_request, malformed_json */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request" | "malformed_json";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_not_found";
                    };
                };
            };
            /** @description request_timeout */
            408: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "request_timeout";
                    };
                };
            };
            /** @description payload_too_large */
            413: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "payload_too_large";
                    };
                };
            };
            /** @description unsupported_media_type */
            415: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description app_required, validation_failed */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_required" | "validation_failed";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description disk_full, store_unavailable, simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "disk_full" | "store_unavailable" | "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    unsubscribeFromTopic: {
        parameters: {
            query?: never;
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path: {
                /** @description Name of the topic */
                topic: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SubscribeToTopicBody"];
            };
        };
        responses: {
            /** @description Unsubscribed */
            200: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UnsubscribeFromTopicAnswer"];
                };
            };
            /** @description malformed_request, malformed_json */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request" | "malformed_json";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_not_found";
                    };
                };
            };
            /** @description request_timeout */
            408: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "request_timeout";
                    };
                };
            };
            /** @description payload_too_large */
            413: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "payload_too_large";
                    };
                };
            };
            /** @description unsupported_media_type */
            415: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description app_required, validation_failed */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_required" | "validation_failed";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description store_unavailable, simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "store_unavailable" | "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    createAccessToken: {
        parameters: {
            query?: never;
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateAccessTokenBody"];
            };
        };
        responses: {
            /** @description The token, shown once */
            201: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreateAccessTokenAnswer"];
                };
            };
            /** @description malformed_request, malformed_json */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request" | "malformed_json";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description device_not_found, no_realtime, app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "device_not_found" | "no_realtime" | "app_not_found";
                    };
                };
            };
            /** @description request_timeout */
            408: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "request_timeout";
                    };
                };
            };
            /** @description payload_too_large */
            413: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "payload_too_large";
                    };
                };
            };
            /** @description unsupported_media_type */
            415: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description app_required, validation_failed */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_required" | "validation_failed";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description store_unavailable, simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "store_unavailable" | "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    revokeAccess: {
        parameters: {
            query?: never;
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RevokeAccessBody"];
            };
        };
        responses: {
            /** @description Revoked; repeating is harmless */
            200: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RevokeAccessAnswer"];
                };
            };
            /** @description malformed_request, malformed_json */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request" | "malformed_json";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_not_found";
                    };
                };
            };
            /** @description request_timeout */
            408: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "request_timeout";
                    };
                };
            };
            /** @description payload_too_large */
            413: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "payload_too_large";
                    };
                };
            };
            /** @description unsupported_media_type */
            415: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description app_required, validation_failed */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_required" | "validation_failed";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description store_unavailable, simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "store_unavailable" | "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    listUpstreamMessages: {
        parameters: {
            query?: {
                /** @description Entries of a page */
                limit?: number;
                /** @description `next_cursor` of the page before */
                cursor?: string;
            };
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of messages */
            200: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListUpstreamMessagesAnswer"];
                };
            };
            /** @description malformed_request */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_not_found";
                    };
                };
            };
            /** @description validation_failed, app_required */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "validation_failed" | "app_required";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description store_unavailable, simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "store_unavailable" | "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    listWebhookEndpoints: {
        parameters: {
            query?: {
                /** @description Entries of a page */
                limit?: number;
                /** @description `next_cursor` of the page before */
                cursor?: string;
            };
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of endpoints */
            200: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListWebhookEndpointsAnswer"];
                };
            };
            /** @description malformed_request */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_not_found";
                    };
                };
            };
            /** @description validation_failed, app_required */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "validation_failed" | "app_required";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description store_unavailable, simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "store_unavailable" | "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    createWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeats under the same key and path make nothing new; kept for 48 h */
                "Idempotency-Key"?: string;
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateWebhookEndpointBody"];
            };
        };
        responses: {
            /** @description The endpoint, and the secret that signs its calls: shown now and never again */
            201: {
                headers: {
                    /** @description Where to ask about it */
                    Location?: string;
                    /** @description `true` when an earlier call with the same key made it */
                    "Idempotency-Replayed"?: string;
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreateWebhookEndpointAnswer"];
                };
            };
            /** @description malformed_request, malformed_json */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request" | "malformed_json";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_not_found";
                    };
                };
            };
            /** @description request_timeout */
            408: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "request_timeout";
                    };
                };
            };
            /** @description too_many_webhooks */
            409: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "too_many_webhooks";
                    };
                };
            };
            /** @description payload_too_large */
            413: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "payload_too_large";
                    };
                };
            };
            /** @description unsupported_media_type */
            415: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description idempotency_mismatch, app_required, validation_failed */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "idempotency_mismatch" | "app_required" | "validation_failed";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description disk_full, store_unavailable, simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "disk_full" | "store_unavailable" | "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    getWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path: {
                /** @description Id of the endpoint */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The endpoint */
            200: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpoint"];
                };
            };
            /** @description malformed_request */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description webhook_not_found, app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "webhook_not_found" | "app_not_found";
                    };
                };
            };
            /** @description app_required, validation_failed */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_required" | "validation_failed";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description store_unavailable, simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "store_unavailable" | "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    deleteWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path: {
                /** @description Id of the endpoint */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone */
            204: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description malformed_request, malformed_json */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request" | "malformed_json";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description webhook_not_found, app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "webhook_not_found" | "app_not_found";
                    };
                };
            };
            /** @description request_timeout */
            408: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "request_timeout";
                    };
                };
            };
            /** @description webhook_in_file */
            409: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "webhook_in_file";
                    };
                };
            };
            /** @description payload_too_large */
            413: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "payload_too_large";
                    };
                };
            };
            /** @description unsupported_media_type */
            415: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description app_required, validation_failed */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_required" | "validation_failed";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description store_unavailable, simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "store_unavailable" | "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    updateWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path: {
                /** @description Id of the endpoint */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateWebhookEndpointBody"];
            };
        };
        responses: {
            /** @description The endpoint as it is now */
            200: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpoint"];
                };
            };
            /** @description malformed_request, malformed_json */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request" | "malformed_json";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description webhook_not_found, app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "webhook_not_found" | "app_not_found";
                    };
                };
            };
            /** @description request_timeout */
            408: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "request_timeout";
                    };
                };
            };
            /** @description webhook_in_file */
            409: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "webhook_in_file";
                    };
                };
            };
            /** @description payload_too_large */
            413: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "payload_too_large";
                    };
                };
            };
            /** @description unsupported_media_type */
            415: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description app_required, validation_failed */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_required" | "validation_failed";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description store_unavailable, simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "store_unavailable" | "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    pauseWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path: {
                /** @description Id of the endpoint */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The endpoint */
            200: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpoint"];
                };
            };
            /** @description malformed_request, malformed_json */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request" | "malformed_json";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description webhook_not_found, app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "webhook_not_found" | "app_not_found";
                    };
                };
            };
            /** @description request_timeout */
            408: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "request_timeout";
                    };
                };
            };
            /** @description payload_too_large */
            413: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "payload_too_large";
                    };
                };
            };
            /** @description unsupported_media_type */
            415: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description app_required, validation_failed */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_required" | "validation_failed";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description store_unavailable, simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "store_unavailable" | "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    resumeWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path: {
                /** @description Id of the endpoint */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The endpoint */
            200: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpoint"];
                };
            };
            /** @description malformed_request, malformed_json */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request" | "malformed_json";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description webhook_not_found, app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "webhook_not_found" | "app_not_found";
                    };
                };
            };
            /** @description request_timeout */
            408: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "request_timeout";
                    };
                };
            };
            /** @description payload_too_large */
            413: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "payload_too_large";
                    };
                };
            };
            /** @description unsupported_media_type */
            415: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description app_required, validation_failed */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_required" | "validation_failed";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description store_unavailable, simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "store_unavailable" | "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    rotateWebhookSecret: {
        parameters: {
            query?: never;
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path: {
                /** @description Id of the endpoint */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RotateWebhookSecretBody"];
            };
        };
        responses: {
            /** @description The endpoint, and its new secret: shown now and never again */
            200: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RotateWebhookSecretAnswer"];
                };
            };
            /** @description malformed_request, malformed_json */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request" | "malformed_json";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description webhook_not_found, app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "webhook_not_found" | "app_not_found";
                    };
                };
            };
            /** @description request_timeout */
            408: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "request_timeout";
                    };
                };
            };
            /** @description webhook_in_file, too_many_secrets */
            409: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "webhook_in_file" | "too_many_secrets";
                    };
                };
            };
            /** @description payload_too_large */
            413: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "payload_too_large";
                    };
                };
            };
            /** @description unsupported_media_type */
            415: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description app_required, validation_failed */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_required" | "validation_failed";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description store_unavailable, simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "store_unavailable" | "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    testWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeats under the same key and path make nothing new; kept for 48 h */
                "Idempotency-Key"?: string;
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path: {
                /** @description Id of the endpoint */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The delivery; ask for it to see what the receiver answered */
            202: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDelivery"];
                };
            };
            /** @description malformed_request, malformed_json */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request" | "malformed_json";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description webhook_not_found, app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "webhook_not_found" | "app_not_found";
                    };
                };
            };
            /** @description request_timeout */
            408: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "request_timeout";
                    };
                };
            };
            /** @description payload_too_large */
            413: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "payload_too_large";
                    };
                };
            };
            /** @description unsupported_media_type */
            415: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description app_required, validation_failed */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_required" | "validation_failed";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description store_unavailable, disk_full, simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "store_unavailable" | "disk_full" | "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    listWebhookDeliveries: {
        parameters: {
            query?: {
                /** @description Only those in this state */
                state?: "waiting" | "delivered" | "parked" | "skipped";
                /** @description Entries of a page */
                limit?: number;
                /** @description `next_cursor` of the page before */
                cursor?: string;
            };
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path: {
                /** @description Id of the endpoint */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of deliveries */
            200: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListWebhookDeliveriesAnswer"];
                };
            };
            /** @description malformed_request */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description webhook_not_found, app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "webhook_not_found" | "app_not_found";
                    };
                };
            };
            /** @description validation_failed, app_required */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "validation_failed" | "app_required";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description store_unavailable, simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "store_unavailable" | "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    getWebhookDelivery: {
        parameters: {
            query?: never;
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path: {
                /** @description Id of the endpoint */
                id: string;
                /** @description Id of the delivery */
                delivery: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The delivery */
            200: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDeliveryDetail"];
                };
            };
            /** @description malformed_request */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description webhook_not_found, webhook_delivery_not_found, app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "webhook_not_found" | "webhook_delivery_not_found" | "app_not_found";
                    };
                };
            };
            /** @description app_required, validation_failed */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_required" | "validation_failed";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description store_unavailable, simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "store_unavailable" | "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    replayWebhookDeliveries: {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeats under the same key and path make nothing new; kept for 48 h */
                "Idempotency-Key"?: string;
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path: {
                /** @description Id of the endpoint */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookReplay"];
            };
        };
        responses: {
            /** @description They are on their way */
            202: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReplayWebhookDeliveriesAnswer"];
                };
            };
            /** @description malformed_request, malformed_json */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request" | "malformed_json";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description webhook_not_found, app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "webhook_not_found" | "app_not_found";
                    };
                };
            };
            /** @description request_timeout */
            408: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "request_timeout";
                    };
                };
            };
            /** @description payload_too_large */
            413: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "payload_too_large";
                    };
                };
            };
            /** @description unsupported_media_type */
            415: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description app_required, validation_failed */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_required" | "validation_failed";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description store_unavailable, disk_full, simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "store_unavailable" | "disk_full" | "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    realtimeSocket: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The connection speaks the subprotocol `pealbell.v1` from now on */
            101: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
            /** @description malformed_request */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request";
                    };
                };
            };
            /** @description foreign_origin */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "foreign_origin";
                    };
                };
            };
            /** @description no_realtime */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "no_realtime";
                    };
                };
            };
            /** @description upgrade_required */
            426: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "upgrade_required";
                    };
                };
            };
            /** @description too_many_connections */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "too_many_connections";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description overloaded, draining */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "overloaded" | "draining";
                    };
                };
            };
        };
    };
    streamFrames: {
        parameters: {
            query?: {
                /** @description The heartbeat that it would like */
                ping_ms?: string;
                /** @description Names the counter `n` of events */
                stream?: string;
                /** @description Where the last connection ended; `Last-Event-ID` goes before it */
                cursor?: string;
                /** @description Stands for the access token */
                ticket?: string;
            };
            header?: {
                /** @description Id of the newest event of which it and all before it are done */
                "Last-Event-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Frames until either side ends it */
            200: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["StreamFramesAnswer"];
                };
            };
            /** @description malformed_request */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request";
                    };
                };
            };
            /** @description token_refused, token_expired */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "token_refused" | "token_expired";
                    };
                };
            };
            /** @description access_revoked, foreign_origin, missing_scope, not_theirs */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "access_revoked" | "foreign_origin" | "missing_scope" | "not_theirs";
                    };
                };
            };
            /** @description no_realtime, unknown_device */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "no_realtime" | "unknown_device";
                    };
                };
            };
            /** @description replaced */
            409: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "replaced";
                    };
                };
            };
            /** @description validation_failed */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "validation_failed";
                    };
                };
            };
            /** @description too_many_connections, rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "too_many_connections" | "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description draining, overloaded, store_unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "draining" | "overloaded" | "store_unavailable";
                    };
                };
            };
        };
    };
    pollFrames: {
        parameters: {
            query?: {
                /** @description `cursor` of the answer before */
                cursor?: string;
                /** @description How long to wait for something to tell */
                wait?: string;
                /** @description Names the counter `n` of events */
                stream?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The first answer begins with `welcome` */
            200: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PollFramesAnswer"];
                };
            };
            /** @description malformed_request */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request";
                    };
                };
            };
            /** @description token_refused, token_expired */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "token_refused" | "token_expired";
                    };
                };
            };
            /** @description access_revoked, foreign_origin, missing_scope, not_theirs */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "access_revoked" | "foreign_origin" | "missing_scope" | "not_theirs";
                    };
                };
            };
            /** @description no_realtime, unknown_device */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "no_realtime" | "unknown_device";
                    };
                };
            };
            /** @description replaced */
            409: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "replaced";
                    };
                };
            };
            /** @description validation_failed */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "validation_failed";
                    };
                };
            };
            /** @description too_many_connections, rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "too_many_connections" | "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description draining, overloaded, store_unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "draining" | "overloaded" | "store_unavailable";
                    };
                };
            };
        };
    };
    sendAcks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SendAcksBody"];
            };
        };
        responses: {
            /** @description How far events and upstream messages are safe */
            200: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SendAcksAnswer"];
                };
            };
            /** @description malformed_request, malformed_json */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request" | "malformed_json";
                    };
                };
            };
            /** @description token_refused, token_expired */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "token_refused" | "token_expired";
                    };
                };
            };
            /** @description access_revoked, foreign_origin, missing_scope, not_theirs */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "access_revoked" | "foreign_origin" | "missing_scope" | "not_theirs";
                    };
                };
            };
            /** @description no_realtime, unknown_device */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "no_realtime" | "unknown_device";
                    };
                };
            };
            /** @description request_timeout */
            408: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "request_timeout";
                    };
                };
            };
            /** @description payload_too_large */
            413: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "payload_too_large";
                    };
                };
            };
            /** @description unsupported_media_type */
            415: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description validation_failed */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "validation_failed";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description store_unavailable, overloaded, disk_full */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "store_unavailable" | "overloaded" | "disk_full";
                    };
                };
            };
        };
    };
    createTicket: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The ticket */
            201: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreateTicketAnswer"];
                };
            };
            /** @description malformed_request, malformed_json */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request" | "malformed_json";
                    };
                };
            };
            /** @description token_refused, token_expired */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "token_refused" | "token_expired";
                    };
                };
            };
            /** @description access_revoked, foreign_origin, missing_scope, not_theirs */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "access_revoked" | "foreign_origin" | "missing_scope" | "not_theirs";
                    };
                };
            };
            /** @description no_realtime, unknown_device */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "no_realtime" | "unknown_device";
                    };
                };
            };
            /** @description request_timeout */
            408: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "request_timeout";
                    };
                };
            };
            /** @description payload_too_large */
            413: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "payload_too_large";
                    };
                };
            };
            /** @description unsupported_media_type */
            415: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description validation_failed */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "validation_failed";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description overloaded, store_unavailable */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "overloaded" | "store_unavailable";
                    };
                };
            };
        };
    };
    compareConfig: {
        parameters: {
            query?: never;
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Both, and what differs */
            200: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CompareConfigAnswer"];
                };
            };
            /** @description malformed_request */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_not_found";
                    };
                };
            };
            /** @description app_required, validation_failed */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_required" | "validation_failed";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    reloadConfig: {
        parameters: {
            query?: never;
            header?: {
                /** @description The app; needed only with a key that is not bound to one */
                "X-App"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is in force; `needs_restart` is not */
            200: {
                headers: {
                    /** @description What the key may ask of this process: `"per_key";q=2000;w=1` is 2,000 units within 1 s */
                    "RateLimit-Policy"?: string;
                    /** @description What is left of it: `"per_key";r=1999;t=1`, `t` being the seconds until there is one unit more */
                    RateLimit?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReloadConfigAnswer"];
                };
            };
            /** @description malformed_request, malformed_json */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request" | "malformed_json";
                    };
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unauthorized";
                    };
                };
            };
            /** @description missing_scope, app_mismatch, test_keys_off */
            403: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "missing_scope" | "app_mismatch" | "test_keys_off";
                    };
                };
            };
            /** @description app_not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "app_not_found";
                    };
                };
            };
            /** @description request_timeout */
            408: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "request_timeout";
                    };
                };
            };
            /** @description payload_too_large */
            413: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "payload_too_large";
                    };
                };
            };
            /** @description unsupported_media_type */
            415: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description config_refused, app_required, validation_failed */
            422: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "config_refused" | "app_required" | "validation_failed";
                    };
                };
            };
            /** @description rate_limited */
            429: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description simulators_unreachable, overloaded */
            503: {
                headers: {
                    /** @description Whole seconds after which another try makes sense */
                    "Retry-After"?: string;
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "simulators_unreachable" | "overloaded";
                    };
                };
            };
        };
    };
    live: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It does */
            200: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LiveAnswer"];
                };
            };
            /** @description malformed_request */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description It should be restarted */
            503: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LiveAnswer"];
                };
            };
        };
    };
    ready: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description They do */
            200: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReadyAnswer"];
                };
            };
            /** @description malformed_request */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description Something does not; `checks` says what */
            503: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReadyAnswer"];
                };
            };
        };
    };
    docs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page that needs nothing but itself */
            200: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description malformed_request */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
        };
    };
    problem: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The `code` of a problem */
                code: "malformed_json" | "malformed_request" | "unauthorized" | "missing_scope" | "token_refused" | "token_expired" | "access_revoked" | "foreign_origin" | "not_theirs" | "unknown_device" | "no_realtime" | "replaced" | "draining" | "upgrade_required" | "too_many_connections" | "app_mismatch" | "test_keys_off" | "not_found" | "app_not_found" | "provider_not_found" | "webhook_not_found" | "webhook_delivery_not_found" | "webhook_in_file" | "too_many_webhooks" | "too_many_secrets" | "message_not_found" | "device_not_found" | "user_not_found" | "key_not_found" | "method_not_allowed" | "request_timeout" | "idempotency_in_progress" | "payload_too_large" | "unsupported_media_type" | "validation_failed" | "app_required" | "idempotency_mismatch" | "config_refused" | "audience_too_large" | "rate_limited" | "headers_too_large" | "internal_error" | "overloaded" | "disk_full" | "store_unavailable" | "queue_unavailable" | "channel_not_found" | "vendor_refused" | "vendor_unreachable" | "simulators_unreachable" | "shutting_down";
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page for people, or JSON where that is preferred */
            200: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                    "application/json": components["schemas"]["ProblemAnswer"];
                };
            };
            /** @description malformed_request */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request";
                    };
                };
            };
            /** @description not_found */
            404: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
        };
    };
    openapi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The OpenAPI 3.1 document of the API */
            200: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JsonObject"];
                };
            };
            /** @description malformed_request */
            400: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_request";
                    };
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    /** @description Id of the request, also in the log */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
        };
    };
}
