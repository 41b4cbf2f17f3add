// One request. XMLHttpRequest where there is one, because only it tells how much of a body has left; else fetch (node).
//
// Refuses: cookies, caches, redirects' surprises: a request without any movement for a while is given up.

export interface Request {
  method: string
  url: string
  headers: Readonly<Record<string, string>>
  body: Blob | Uint8Array | null
  /** Milliseconds without movement. */
  stall: number
  signal?: AbortSignal | undefined
  onSent?: (bytes: number) => void
}

export interface Answer {
  status: number
  header(name: string): string | null
  body(): Promise<Uint8Array>
}

/** Resolves with any status; rejects when the line broke, stalled or was stopped. */
export const send = (request: Request): Promise<Answer> => (typeof XMLHttpRequest === 'undefined' ? byFetch(request) : byXhr(request))

function byXhr({ method, url, headers, body, stall, signal, onSent }: Request): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest()
    xhr.open(method, url)
    xhr.responseType = 'arraybuffer'
    for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value)
    const stop = (): void => xhr.abort()
    let timer = setTimeout(stop, stall)
    const moved = (): void => {
      clearTimeout(timer)
      timer = setTimeout(stop, stall)
    }
    xhr.upload.onprogress = ({ loaded }) => {
      moved()
      onSent?.(loaded)
    }
    xhr.onprogress = moved
    xhr.onloadend = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', stop)
      if (xhr.status === 0) return reject(new Error('the line broke'))
      const bytes = new Uint8Array(xhr.response as ArrayBuffer)
      resolve({ status: xhr.status, header: (name) => xhr.getResponseHeader(name), body: async () => bytes })
    }
    signal?.addEventListener('abort', stop)
    if (signal?.aborted) stop()
    xhr.send(body as XMLHttpRequestBodyInit | null)
  })
}

async function byFetch({ method, url, headers, body, stall, signal }: Request): Promise<Answer> {
  const stopped = new AbortController()
  const stop = (): void => stopped.abort()
  const timer = setTimeout(stop, stall)
  signal?.addEventListener('abort', stop)
  try {
    const response = await fetch(url, {
      method, headers, body: body as BodyInit | null, signal: stopped.signal,
      cache: 'no-store', credentials: 'omit', redirect: 'error', referrerPolicy: 'no-referrer',
    })
    const bytes = new Uint8Array(await response.arrayBuffer())
    return { status: response.status, header: (name) => response.headers.get(name), body: async () => bytes }
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', stop)
  }
}
