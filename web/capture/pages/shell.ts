// One screen at a time in one place: where it stands among the steps, its heading, what it asks, its buttons.
import { h } from './dom'
import type { Texts } from './texts'

/** Where a screen leads. */
export type Move = 'next' | 'back' | { to: string }

/** Steps that people see; a step may have more than one screen. */
export const STEPS = 5

export class Shell {
  constructor(
    private readonly root: HTMLElement,
    readonly texts: Texts,
  ) {}

  /** Shows a screen and moves to its heading, so that screen readers begin there. */
  show(step: number, heading: string, ...children: (Node | string | null | undefined | false)[]): void {
    const title = h('h1', { tabindex: -1 }, heading)
    const bar = step > 0 ? this.bar(step) : null
    this.root.replaceChildren(...[bar, title, ...children].filter((child): child is Node | string => Boolean(child)))
    // Another language would begin again: it is offered where nothing has been decided yet.
    for (const nav of document.querySelectorAll('nav')) nav.hidden = step > 1
    window.scrollTo(0, 0)
    title.focus({ preventScroll: true })
  }

  /** Another heading for the same screen. */
  retitle(heading: string): void {
    const title = this.root.querySelector('h1')
    if (title) title.textContent = heading
  }

  private bar(step: number): HTMLElement {
    const marks = Array.from({ length: STEPS }, (_, i) => h('li', { class: i < step ? 'on' : false }))
    return h('div', { class: 'progress' },
      h('p', { class: 'small' }, this.texts.say('step', { n: step, count: STEPS })),
      h('ol', { class: 'steps', 'aria-hidden': 'true' }, ...marks),
    )
  }
}

/** Says what is missing, beside the button that was pressed. */
export function alertBox(): { box: HTMLElement; say: (text: string) => void } {
  const box = h('p', { class: 'error', role: 'alert', hidden: true })
  return {
    box,
    say(text) {
      box.textContent = text
      box.hidden = text === ''
    },
  }
}
