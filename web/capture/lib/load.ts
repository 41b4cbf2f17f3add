// Loads the lazy scripts from beside the page's own one: the policy of the pages allows no other source.

const own = typeof document === 'undefined' ? null : (document.currentScript as HTMLScriptElement | null)?.src || null
const loading = new Map<string, Promise<void>>()

/** Loads a script once; a failed one may be tried again. */
export function loadScript(name: string): Promise<void> {
  const known = loading.get(name)
  if (known) return known
  const promise = new Promise<void>((resolve, reject) => {
    if (own === null) return reject(new Error(`${name}: this page loads no scripts`))
    const script = document.createElement('script')
    script.src = new URL(name, own).href
    script.onload = () => resolve()
    script.onerror = () => reject(new Error(`${name} did not load`))
    document.head.append(script)
  })
  loading.set(name, promise)
  promise.catch(() => loading.delete(name))
  return promise
}
