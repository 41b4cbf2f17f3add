// The origin's private file system: the bytes never pass through memory again.
import type { Place, Writer } from './kind'

const NOTE = '-'

/** `null` where the browser has none, has it read-only or forbids it (private windows). */
export async function opfs(): Promise<Place | null> {
  try {
    const root = await navigator.storage.getDirectory()
    // Some browsers have the directory but let no page write into it.
    if (typeof FileSystemFileHandle === 'undefined' || !('createWritable' in FileSystemFileHandle.prototype)) return null
    return new Opfs(root)
  } catch {
    return null
  }
}

class Opfs implements Place {
  readonly kind = 'opfs'
  constructor(private readonly root: FileSystemDirectoryHandle) {}

  async create(name: string): Promise<Writer> {
    const handle = await this.root.getFileHandle(name, { create: true })
    const out = await handle.createWritable()
    return {
      name,
      write: (bytes) => out.write(bytes as BufferSource),
      close: () => out.close(),
      abort: async () => {
        const stopped = out.abort().catch(() => undefined)
        const removed = this.remove(name)
        await stopped
        await removed
        await this.remove(name)
      },
    }
  }

  async blob(name: string): Promise<Blob> {
    return (await this.root.getFileHandle(name)).getFile()
  }

  async note(name: string, text: string): Promise<void> {
    const out = await (await this.root.getFileHandle(name + NOTE, { create: true })).createWritable()
    await out.write(text)
    await out.close()
  }

  async list(): Promise<{ name: string; note: string | null }[]> {
    const names = await this.names()
    const found = []
    for (const name of names.filter((name) => !name.endsWith(NOTE))) {
      // Bytes appear when a file is closed: an empty one never was.
      if ((await this.blob(name)).size === 0) continue
      const note = names.includes(name + NOTE) ? await (await this.blob(name + NOTE)).text() : null
      found.push({ name, note })
    }
    return found
  }

  async remove(name: string): Promise<void> {
    await Promise.all([name, name + NOTE].map((each) => this.root.removeEntry(each).catch(() => undefined)))
  }

  async wipe(): Promise<void> {
    for (const name of await this.names()) await this.root.removeEntry(name, { recursive: true }).catch(() => undefined)
  }

  private async names(): Promise<string[]> {
    const names: string[] = []
    for await (const name of this.root.keys()) names.push(name)
    return names
  }
}
