// IndexedDB, where there is no private file system to write to: a file is a row of blobs of about a megabyte.
import type { Place, Writer } from './kind'

/** The only name of ours on the device that is not random; it says nothing. */
const DATABASE = 'q'
const TABLE = 'c'
const [END, NOTE] = ['end', 'note']

/** `null` where the browser has none or forbids it. */
export async function indexed(): Promise<Place | null> {
  try {
    return new Indexed(await connect())
  } catch {
    return null
  }
}

function connect(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1)
  request.onupgradeneeded = () => request.result.createObjectStore(TABLE)
  return settled(request)
}

class Indexed implements Place {
  readonly kind = 'indexeddb'
  constructor(private database: IDBDatabase | null) {}

  async create(name: string): Promise<Writer> {
    let count = 0
    return {
      name,
      write: (bytes) => this.put([name, count++], new Blob([bytes as BlobPart])),
      close: () => this.put([name, END], count),
      abort: () => this.remove(name),
    }
  }

  async blob(name: string): Promise<Blob> {
    const table = await this.table('readonly')
    const parts = await settled(table.getAll(IDBKeyRange.bound([name, 0], [name, Number.MAX_SAFE_INTEGER])))
    return new Blob(parts as BlobPart[])
  }

  note(name: string, text: string): Promise<void> {
    return this.put([name, NOTE], text)
  }

  async list(): Promise<{ name: string; note: string | null }[]> {
    const table = await this.table('readonly')
    const keys = (await settled(table.getAllKeys())) as [string, unknown][]
    const closed = keys.filter(([, part]) => part === END).map(([name]) => name)
    return Promise.all(
      closed.map(async (name) => {
        const note: unknown = await settled((await this.table('readonly')).get([name, NOTE]))
        return { name, note: typeof note === 'string' ? note : null }
      }),
    )
  }

  async remove(name: string): Promise<void> {
    if (!this.database) return
    // From the first number to the last text: every part, the end and the note.
    await settled(this.database.transaction(TABLE, 'readwrite').objectStore(TABLE).delete(IDBKeyRange.bound([name], [name, []])))
  }

  async wipe(): Promise<void> {
    this.database?.close()
    this.database = null
    await settled(indexedDB.deleteDatabase(DATABASE))
  }

  private async put(key: IDBValidKey, value: Blob | string | number): Promise<void> {
    const table = await this.table('readwrite')
    await settled(table.put(value, key))
  }

  private async table(mode: IDBTransactionMode): Promise<IDBObjectStore> {
    this.database ??= await connect()
    return this.database.transaction(TABLE, mode).objectStore(TABLE)
  }
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}
