// The desk's keys: a button or link that carries data-key acts when that key is pressed and nobody is typing. And a page that
// shows something unprotected says so when it is left.

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
}

function player(): HTMLVideoElement | null {
  return document.querySelector<HTMLVideoElement>('video.player')
}

/** J steps back 5 s, K plays and pauses, L steps on 5 s: what editing programs taught everyone. */
function transport(key: string): boolean {
  const video = player()
  if (!video) return false
  if (key === 'k') void (video.paused ? video.play() : video.pause())
  else if (key === 'j') video.currentTime = Math.max(0, video.currentTime - 5)
  else if (key === 'l') video.currentTime += 5
  else return false
  return true
}

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || typing(event.target)) return
  const key = event.key.toLowerCase()
  const control = /^[a-z]$/.test(key) ? document.querySelector<HTMLElement>(`[data-key="${key}"]`) : null
  if (control) control.click()
  else if (!transport(key)) return
  event.preventDefault()
})

// Leaving wipes at once what would otherwise be wiped by the clock.
addEventListener('pagehide', () => {
  const form = document.querySelector<HTMLFormElement>('form[data-leave]')
  if (!form) return
  const body = new URLSearchParams()
  new FormData(form).forEach((value, name) => body.append(name, String(value)))
  navigator.sendBeacon(form.action, body)
})
