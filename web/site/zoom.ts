// The wall's still, larger and smaller by buttons. Without script a link opens the full picture.

/** Wires the buttons of every `.zoom` box. */
export function wallZoom(): void {
  for (const group of document.querySelectorAll<HTMLElement>('[data-zooms]')) {
    const box = document.getElementById(group.dataset['zooms'] ?? '')
    if (!box) continue
    group.hidden = false
    for (const button of group.querySelectorAll<HTMLButtonElement>('button')) {
      button.addEventListener('click', () => {
        for (const other of group.querySelectorAll('button')) other.setAttribute('aria-pressed', String(other === button))
        zoom(box, button.value)
      })
    }
  }
}

function zoom(box: HTMLElement, value: string): void {
  const before = box.scrollWidth
  const x = (box.scrollLeft + box.clientWidth / 2) / before
  const y = (box.scrollTop + box.clientHeight / 2) / Math.max(1, box.scrollHeight)
  box.dataset['zoom'] = value
  box.scrollTo(x * box.scrollWidth - box.clientWidth / 2, y * box.scrollHeight - box.clientHeight / 2)
}
