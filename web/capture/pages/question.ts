// One decision: a few answers, each with what it protects and what it doesn't; the safe one first and chosen.
import type { Context } from './context'
import { freshId, h, plain } from './dom'
import { drawing } from './drawings'
import { type Move, alertBox } from './shell'

export interface Answer<T extends string> {
  value: T
  /** Shown while this answer is chosen: a list of places, a field for a name. */
  more?: HTMLElement
  /** Arguments of its texts. */
  args?: Record<string, string | number>
}

export interface Question<T extends string> {
  /** Ids of its texts begin with this. */
  name: string
  step: number
  answers: Answer<T>[]
  chosen: T
  /** Said below the answers. */
  note?: string
  /** The id of a sentence about what is still missing, or null. */
  check?: (value: T) => string | null
}

/** Asks, and gives the answer to `take` before it moves on. */
export function ask<T extends string>(context: Context, question: Question<T>, take: (value: T) => void): Promise<Move> {
  const { texts, shell } = context
  const { name } = question
  return new Promise((resolve) => {
    const alert = alertBox()
    const lead = freshId()
    const options = question.answers.map((answer) => option(context, question, answer))
    const chosen = (): T => question.answers.find((_, i) => options[i]?.input.checked)?.value ?? question.chosen
    const show = (): void => options.forEach(({ input, more }) => more && (more.hidden = !input.checked))
    const submit = (event: Event): void => {
      event.preventDefault()
      const value = chosen()
      take(value)
      const lacking = question.check?.(value) ?? null
      if (lacking === null) resolve('next')
      else alert.say(texts.say(lacking, { count: context.facts.nameChars }))
    }
    shell.show(question.step, texts.say(`${name}-heading`),
      h('p', { class: 'lead', id: lead }, texts.say(`${name}-lead`)),
      h('form', { novalidate: true, submit, change: show },
        h('fieldset', { 'aria-describedby': lead },
          h('legend', { class: 'unseen' }, texts.say(`${name}-heading`)),
          ...options.flatMap(({ label, more }) => [label, more])),
        question.note ? h('p', { class: 'note' }, texts.say(question.note)) : null,
        alert.box,
        h('button', { type: 'submit' }, texts.say('next')),
        plain(texts.say('back'), () => { take(chosen()); resolve('back') })))
    show()
  })
}

function option<T extends string>({ texts }: Context, question: Question<T>, answer: Answer<T>) {
  const id = `${question.name}-${answer.value}`
  const input = h('input', { type: 'radio', name: question.name, value: answer.value, checked: answer.value === question.chosen })
  const label = h('label', { class: 'opt' }, input,
    h('span', { class: 'says' },
      h('b', {}, texts.say(id, answer.args)),
      h('span', { class: 'line' }, h('em', {}, texts.say('protects')), ' ', texts.say(`${id}-for`, answer.args)),
      h('span', { class: 'line' }, h('em', {}, texts.say('limits')), ' ', texts.say(`${id}-not`, answer.args))),
    drawing(id))
  const more = answer.more
  more?.classList.add('more')
  return { input, label, more }
}
