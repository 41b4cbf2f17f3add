// Recording: the person sees themselves, and nothing is kept but sealed bytes.
import { Recorder } from '../lib/index'
import type { Context } from './context'
import { h, plain, status } from './dom'
import { sentence } from './errors'
import { type Move, alertBox } from './shell'

/** Three times what is advised, at least three minutes. */
const longest = (advised: number): number => Math.max(180, advised * 3)

export async function record(context: Context): Promise<Move> {
  const { texts, shell, answers, store, keyset } = context
  await answers.recorder?.discard()
  answers.recorder = null
  answers.clip = null
  const video = h('video', { muted: true, playsinline: true, autoplay: true, class: 'mirror', 'aria-label': texts.say('record-heading') })
  video.muted = true
  const time = status('clock')
  const alert = alertBox()
  let facing: 'user' | 'environment' = 'user'
  let recorder: Recorder | null = null
  let leave: (move: Move) => void = () => undefined

  const open = async (): Promise<void> => {
    await recorder?.discard()
    recorder = null
    alert.say('')
    try {
      recorder = await Recorder.open(store, keyset, {
        facing,
        maxSeconds: longest(context.facts.seconds),
        onTick: (seconds) => {
          answers.seconds = seconds
          time.textContent = texts.say('record-time', { time: texts.time(seconds) })
        },
        onStop: (why) => {
          if (why === 'camera-lost' || why === 'store-full') alert.say(texts.say(why === 'camera-lost' ? 'err-camera-lost' : 'err-storage'))
          done()
        },
      })
      video.srcObject = recorder.stream
    } catch (error) {
      alert.say(sentence(error, texts))
    }
    ready()
  }
  const buttons = h('div', {})
  const ready = (): void => buttons.replaceChildren(...[
    recorder ? h('button', { type: 'button', click: begin }, texts.say('record-start')) : null,
    plain(texts.say('record-camera'), () => { facing = facing === 'user' ? 'environment' : 'user'; void open() }),
    plain(texts.say('back'), () => {
      leave({ to: 'clip' })
      void recorder?.discard()
    }),
  ].filter((button): button is HTMLButtonElement => button !== null))
  const begin = (): void => {
    recorder?.start()
    video.classList.add('live')
    const stop = h('button', { type: 'button', class: 'stop', click: () => void recorder?.stop().then(done, (error) => alert.say(sentence(error, texts))) }, texts.say('record-stop'))
    buttons.replaceChildren(stop)
    stop.focus()
  }
  const done = (): void => {
    video.classList.remove('live')
    video.srcObject = null
    video.hidden = true
    time.textContent = texts.say('record-done', { time: texts.time(answers.seconds) })
    const next = h('button', { type: 'button', click: () => { answers.recorder = recorder; leave('next') } }, texts.say('next'))
    buttons.replaceChildren(next, plain(texts.say('record-again'), () => { video.hidden = false; time.textContent = ''; void open() }))
    next.focus()
  }

  shell.show(1, texts.say('record-heading'), h('p', { class: 'lead' }, texts.say('record-lead')), video, time, alert.box, buttons)
  const moved = new Promise<Move>((resolve) => (leave = resolve))
  await open()
  return moved
}
