import { byId } from './dom.js';
import { Refusal } from './house.js';
import type { Draft } from './told.js';

export type Scene = 'online' | 'offline' | 'silent';

/** The form, and the buttons that set a scene and send what is in it. */
export interface Form {
  /** Sends as a click on the button would. */
  submit(): void;
}

/**
 * @param send resolves with the message's id; a Refusal's sentence is shown
 * @param onScene asked to put the devices where the scene wants them; the form is sent when it resolves
 */
export function openForm(send: (draft: Draft) => Promise<string>, onScene: (scene: Scene) => Promise<void>): Form {
  const form = byId('form', HTMLFormElement);
  const said = byId('said', HTMLParagraphElement);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void (async () => {
      try {
        said.textContent = `202 ${await send(readDraft(form))}`;
      } catch (error) {
        said.textContent = sentenceOf(error);
      }
    })();
  });
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-scene]')) {
    button.addEventListener('click', () => {
      void onScene(button.dataset.scene as Scene).then(() => form.requestSubmit());
    });
  }
  return { submit: () => form.requestSubmit() };
}

function readDraft(form: HTMLFormElement): Draft {
  const data = new FormData(form);
  const text = (name: string) => String(data.get(name) ?? '');
  return {
    title: text('title'),
    body: text('body'),
    route: text('route'),
    ack_timeout_seconds: Number(text('ack')),
  };
}

export function sentenceOf(error: unknown): string {
  if (error instanceof Refusal) return error.message;
  return 'The demonstration does not answer; is it still running?';
}
