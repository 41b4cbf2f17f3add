// The decisions: how to be seen and heard, place, name, use, code, road.
import { Code } from '../lib/index'
import type { Context, Place } from './context'
import { freshId, h } from './dom'
import { ask } from './question'
import type { Move } from './shell'
import { best } from './texts'

export const picture = (context: Context): Promise<Move> =>
  ask(context, {
    name: 'picture', step: 2, chosen: context.answers.picture, note: 'card-note',
    answers: [{ value: 'hide' }, { value: 'mask' }, { value: 'show' }],
  }, (value) => (context.answers.picture = value))

export const voice = (context: Context): Promise<Move> =>
  ask(context, {
    name: 'voice', step: 2, chosen: context.answers.voice, note: 'card-note',
    answers: [{ value: 'mute' }, { value: 'alter' }, { value: 'keep' }],
  }, (value) => (context.answers.voice = value))

export function place(context: Context): Promise<Move> {
  const { texts, facts, answers } = context
  const provinces = facts.places.filter((place) => !place.town)
  const towns = facts.places.filter((place) => place.town)
  const province = list(context, provinces.map((place) => choice(place, texts.lang)), answers.place.province)
  const groups = provinces.map((within) => {
    const inside = towns.filter((town) => town.within === within.id)
    return h('optgroup', { label: best(within.name, texts.lang).text }, ...inside.map((town) => choice(town, texts.lang)))
  })
  const town = list(context, groups.filter((group) => group.children.length > 0), answers.place.town)
  const args = { k: facts.k }
  const some = [{ value: 'none' as const }, { value: 'province' as const, more: province.box, args }]
  return ask(context, {
    name: 'place', step: 3, chosen: answers.place.level,
    answers: towns.length > 0 ? [...some, { value: 'town' as const, more: town.box, args }] : some,
    check: (level) => (level !== 'none' && (level === 'town' ? town : province).select.value === '' ? 'place-missing' : null),
  }, (level) => (answers.place = { level, province: province.select.value, town: town.select.value }))
}

const choice = (place: Place, lang: string): HTMLOptionElement => {
  const name = best(place.name, lang)
  return h('option', { value: place.id, lang: name.lang }, name.text)
}

function list({ texts }: Context, options: HTMLElement[], value: string): { box: HTMLElement; select: HTMLSelectElement } {
  const id = freshId()
  const select = h('select', { id }, h('option', { value: '' }, texts.say('place-list-first')), ...options)
  select.value = value
  return { box: h('div', {}, h('label', { for: id }, texts.say('place-list')), select), select }
}

export function name(context: Context): Promise<Move> {
  const { texts, facts, answers } = context
  const id = freshId()
  const input = h('input', { id, type: 'text', autocomplete: 'off', spellcheck: 'false', maxlength: facts.nameChars * 2 })
  input.value = answers.name.text
  const more = h('div', {}, h('label', { for: id }, texts.say('name-label', { count: facts.nameChars })), input)
  const check = (kind: string): string | null => {
    const length = [...input.value.trim()].length
    if (kind === 'none') return null
    return length === 0 ? 'name-missing' : length > facts.nameChars ? 'name-long' : null
  }
  return ask(context, {
    name: 'name', step: 3, chosen: answers.name.kind, check,
    answers: [{ value: 'none' }, { value: 'pseudonym', more }],
  }, (kind) => (answers.name = { kind, text: input.value }))
}

export function uses(context: Context): Promise<Move> {
  const { texts, answers } = context
  const box = (name: 'film' | 'wall'): HTMLInputElement => h('input', { type: 'checkbox', checked: answers.uses[name] })
  const [film, wall] = [box('film'), box('wall')]
  const more = h('div', {},
    h('label', { class: 'tick' }, film, h('span', {}, texts.say('uses-film'))),
    h('label', { class: 'tick' }, wall, h('span', {}, texts.say('uses-wall'))))
  return ask(context, {
    name: 'uses', step: 4, chosen: answers.uses.kind,
    answers: [{ value: 'count' }, { value: 'show', more }, { value: 'testimony' }],
    check: (kind) => (kind === 'show' && !film.checked && !wall.checked ? 'uses-missing' : null),
  }, (kind) => (answers.uses = { kind, film: film.checked, wall: wall.checked }))
}

export const code = (context: Context): Promise<Move> =>
  ask(context, {
    name: 'code', step: 4, chosen: context.answers.wantsCode ? 'draw' : 'none',
    answers: [{ value: 'none' }, { value: 'draw' }],
  }, (value) => {
    context.answers.wantsCode = value === 'draw'
    context.answers.code = value === 'draw' ? context.answers.code ?? Code.draw() : null
  })

export const road = (context: Context): Promise<Move> =>
  ask(context, {
    name: 'road', step: 5, chosen: context.answers.road,
    answers: [...(context.offline ? [] : [{ value: 'send' as const }]), { value: 'file' }, { value: 'parts' }],
  }, (value) => (context.answers.road = value))
