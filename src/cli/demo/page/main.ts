import { createDeviceView, type DeviceView } from './device-view.js';
import { byId } from './dom.js';
import { openForm, type Scene, sentenceOf } from './form.js';
import { follow, listen, readSetup, send } from './house.js';
import { showSteps } from './story-view.js';
import type { Story, VendorNews } from './told.js';
import { stepOf } from './words.js';

/** Stories and calls that are remembered; of more, the oldest are let go. */
const REMEMBERED_MAX = 20;
/** A scene is sent all the same when a device does not get where it should be. */
const SCENE_WITHIN_MS = 3_000;

/** As the style sheet has it: the devices shall be in sight. */
const NARROW = '(max-width: 52rem)';

async function open(): Promise<void> {
  if (window.matchMedia(NARROW).matches) byId('own', HTMLDetailsElement).open = false;
  const setup = await readSetup();
  byId('user', HTMLSpanElement).textContent = setup.user;
  byId('docs', HTMLAnchorElement).href = `${setup.gateway}/docs`;
  const steps = byId('steps', HTMLOListElement);
  const storyOf = byId('story-of', HTMLParagraphElement);
  const stories = new Map<string, Story>();
  const clicks = new Map<string, number>();
  let calls: readonly VendorNews[] = [];

  const sentAt = (message: string) => {
    const accepted = stories.get(message)?.events.find(({ event }) => event === 'message.accepted');
    return clicks.get(message) ?? (accepted === undefined ? undefined : Date.parse(accepted.at));
  };
  const devices: readonly DeviceView[] = setup.devices.map((device) => createDeviceView(setup.gateway, device, sentAt));
  byId('devices', HTMLElement).append(...devices.map(({ root }) => root));

  function refresh(): void {
    const newest = [...stories.values()].at(-1);
    for (const device of devices) device.show(newest, calls);
    const at = newest === undefined ? undefined : sentAt(newest.message);
    if (newest === undefined || at === undefined) return;
    storyOf.textContent = newest.message;
    const told = newest.events.flatMap((event) => stepOf(event, setup.devices) ?? []);
    showSteps(
      steps,
      told.toSorted((a, b) => a.at - b.at),
      at,
    );
  }
  for (const device of devices) {
    device.onArrival((message) => {
      refresh();
      // Sent by somebody else, or the answer to our own call is not here yet. Without its story only the time is missing.
      if (!stories.has(message)) follow(message).catch(() => undefined);
    });
  }

  listen(
    (news) => {
      calls = [...calls, news].slice(-REMEMBERED_MAX);
      for (const device of devices) device.vendorCalled(news);
      refresh();
    },
    (story) => {
      stories.set(story.message, story);
      const [oldest] = stories.keys();
      if (stories.size > REMEMBERED_MAX && oldest !== undefined) stories.delete(oldest);
      refresh();
    },
  );

  async function setScene(scene: Scene): Promise<void> {
    const moved = devices.map((device) => device.go(device.pane === 'phone' ? scene : 'online'));
    await Promise.race([Promise.all(moved), new Promise((resolve) => setTimeout(resolve, SCENE_WITHIN_MS))]);
  }
  openForm(async (draft) => {
    const at = Date.now();
    const id = await send(draft);
    clicks.set(id, at);
    if (!stories.has(id)) stories.set(id, { message: id, events: [] });
    refresh();
    return id;
  }, setScene);

  for (const device of devices) void device.go('online');
}

open().catch((error: unknown) => {
  const problem = byId('problem', HTMLParagraphElement);
  problem.textContent = sentenceOf(error);
  problem.hidden = false;
});
