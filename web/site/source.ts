// Where the log's files come from: a server, or a folder opened as file://.

type Reader = (path: string) => Promise<Uint8Array | null>

/** Fetches each file once. */
export function server(root: string): Reader {
  const kept = new Map<string, Promise<Uint8Array | null>>()
  const load = async (path: string): Promise<Uint8Array | null> => {
    const answer = await fetch(root + path, { cache: 'no-cache', credentials: 'omit' })
    if (answer.status === 404) return null
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`)
    return new Uint8Array(await answer.arrayBuffer())
  }
  return (path) => {
    let file = kept.get(path)
    if (!file) kept.set(path, (file = load(path)))
    return file
  }
}

/** Loads the script shards when the first file is asked for. */
export function folder(root: string, shards: readonly string[]): Reader {
  const files = new Map<string, Uint8Array>()
  let loaded: Promise<void> | null = null
  return async (path) => {
    loaded ??= load(root, shards, files)
    await loaded
    return files.get(path) ?? null
  }
}

async function load(root: string, shards: readonly string[], files: Map<string, Uint8Array>): Promise<void> {
  const page = window as Window & { hamsedaLog?: (path: string, content: string) => void }
  page.hamsedaLog = (path, content) => files.set(path, Uint8Array.from(atob(content), (c) => c.charCodeAt(0)))
  // One after another: a log of 50,000 entries is 8 MB of script.
  for (const shard of shards) await script(`${root}log/js/${shard}.js`)
}

function script(src: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const element = document.createElement('script')
    element.src = src
    element.onload = () => resolve()
    element.onerror = () => reject(new Error(`${src} can't be read`))
    document.head.append(element)
  })
}
