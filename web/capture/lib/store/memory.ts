// Memory, where the browser keeps nothing for us. Blobs, so that it may put them aside itself when they are many.
import type { Place, Writer } from './kind'

export function memory(): Place {
  const files = new Map<string, { parts: Blob[]; closed: boolean; note: string | null }>()
  const get = (name: string) => {
    const file = files.get(name)
    if (!file) throw new DOMException('gone', 'NotFoundError')
    return file
  }
  return {
    kind: 'memory',
    async create(name): Promise<Writer> {
      files.set(name, { parts: [], closed: false, note: null })
      return {
        name,
        write: async (bytes) => void get(name).parts.push(new Blob([bytes as BlobPart])),
        close: async () => void (get(name).closed = true),
        abort: async () => void files.delete(name),
      }
    },
    blob: async (name) => new Blob(get(name).parts),
    note: async (name, text) => void (get(name).note = text),
    list: async () => Array.from(files).filter(([, file]) => file.closed).map(([name, { note }]) => ({ name, note })),
    remove: async (name) => void files.delete(name),
    wipe: async () => files.clear(),
  }
}
