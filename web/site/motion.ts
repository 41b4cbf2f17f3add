// The wall moves only where motion is welcome and bytes are not dear, and a button stops it.

function welcome(): boolean {
  const connection = (navigator as Navigator & { connection?: { saveData?: boolean } }).connection
  return !matchMedia('(prefers-reduced-motion: reduce)').matches && connection?.saveData !== true
}

/** Lays the wall's video over its still, once the page has loaded. */
export function wallMotion(): void {
  const hero = document.querySelector<HTMLElement>('.hero[data-video]')
  const source = hero?.dataset['video']
  if (!hero || !source || !welcome()) return
  const video = document.createElement('video')
  video.muted = true
  video.loop = true
  video.playsInline = true
  video.setAttribute('aria-hidden', 'true')
  video.tabIndex = -1
  video.src = source
  video.addEventListener('canplay', () => start(hero, video), { once: true })
  addEventListener('load', () => video.load())
}

function start(hero: HTMLElement, video: HTMLVideoElement): void {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'motion'
  const label = () => {
    button.textContent = (video.paused ? hero.dataset['play'] : hero.dataset['pause']) ?? ''
  }
  button.addEventListener('click', () => void (video.paused ? video.play() : video.pause()))
  video.addEventListener('play', label)
  video.addEventListener('pause', label)
  hero.querySelector('img')?.after(video)
  video.play().then(
    () => {
      label()
      hero.append(button)
    },
    () => video.remove(), // the browser refuses to play by itself: the still stays
  )
}
