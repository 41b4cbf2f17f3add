// npm @tus/server with @tus/file-store, as their documentation starts them. Prints "listening http://HOST:PORT".
//
//   node tus-server.mjs FOLDER [--fsync]
//
// With --fsync a PATCH is answered only after its file was synced, which the store does not do by itself.

import { open } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { FileStore } from "@tus/file-store";
import { Server } from "@tus/server";

const [folder, flag] = process.argv.slice(2);

class SyncedStore extends FileStore {
  async write(...args) {
    const offset = await super.write(...args);
    const file = await open(join(folder, args[1]), "r+");
    try {
      await file.sync();
    } finally {
      await file.close();
    }
    return offset;
  }
}

const datastore = flag === "--fsync" ? new SyncedStore({ directory: folder }) : new FileStore({ directory: folder });
const tus = new Server({ path: "/files", datastore });
const server = createServer((request, response) => tus.handle(request, response));
server.listen(0, "127.0.0.1", () => console.log(`listening http://127.0.0.1:${server.address().port}`));
