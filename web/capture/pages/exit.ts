// The way out: the page is blank at once, what is stored goes, and the back button does not lead here again.
import type { Store } from '../lib/index'

/** Removing is given this long before the page is left anyhow; leaving removes what is left. */
const PATIENCE = 400

export function wireExit(store: () => Store | null): void {
  const link = document.querySelector<HTMLAnchorElement>('a.exit')
  link?.addEventListener('click', (event) => {
    event.preventDefault()
    document.body.replaceChildren()
    document.title = ''
    const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE))
    const wiped = store()?.wipe().catch(() => undefined) ?? Promise.resolve()
    void Promise.race([wiped, patience]).then(() => location.replace(link.href))
  })
}
