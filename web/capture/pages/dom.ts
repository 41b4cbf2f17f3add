// Elements without markup: nothing here parses HTML, so no text can become an element.

type Child = Node | string | null | undefined | false
type Props = Readonly<Record<string, string | number | boolean | null | undefined | ((event: Event) => void)>>

/** An element: functions become listeners, `true` a bare attribute, `false`, `null` and `undefined` none. */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, props: Props = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  fill(element, props, children)
  return element
}

const SVG = 'http://www.w3.org/2000/svg'

/** An element of a drawing. */
export function svg(tag: string, props: Props = {}, ...children: Child[]): SVGElement {
  const element = document.createElementNS(SVG, tag)
  fill(element, props, children)
  return element
}

function fill(element: Element, props: Props, children: Child[]): void {
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === 'function') element.addEventListener(name, value)
    else if (value === true) element.setAttribute(name, '')
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value))
  }
  element.append(...children.filter((child): child is Node | string => Boolean(child)))
}

/** A button that isn't the step's main one. */
export function plain(text: string, click: () => void): HTMLButtonElement {
  return h('button', { type: 'button', class: 'plain', click }, text)
}

/** A paragraph that is read out when it changes. */
export function status(className = 'state'): HTMLParagraphElement {
  return h('p', { class: className, role: 'status' })
}

/** A part of the page that opens when asked. */
export function fold(title: string, ...children: Child[]): HTMLDetailsElement {
  return h('details', { class: 'fold' }, h('summary', {}, title), ...children)
}

/** A hash in groups of four digits, as paper prints it. */
export function digits(hash: string): HTMLElement {
  const groups = hash.match(/.{1,4}/g) ?? []
  return h('p', { class: 'groups', dir: 'ltr', 'aria-label': 'SHA-256' }, h('code', {}, ...groups.flatMap((four) => [h('span', {}, four), ' '])))
}

let lastId = 0
/** An id that no other element has. */
export const freshId = (): string => `x${(lastId += 1)}`
