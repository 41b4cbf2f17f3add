// Uploads a file with a tus client that others wrote, over whatever line it is given.
//
//   node tus.mjs tus-js-client|uppy ENDPOINT FILE
//
// Chunks of 400 kB, and a new try at once whenever the line breaks. Prints {"url": …, "tries": …}.

import { readFileSync } from "node:fs";
import { DetailedError, Upload } from "tus-js-client";

const [client, endpoint, file] = process.argv.slice(2);
const bytes = readFileSync(file);
const RETRIES = Array(60).fill(10);
const options = { endpoint, chunkSize: 400_000, retryDelays: RETRIES, removeFingerprintOnSuccess: true };

const clients = {
  "tus-js-client": () =>
    new Promise((resolve, reject) => {
      let tries = 1;
      const upload = new Upload(bytes, {
        ...options,
        onShouldRetry: (error) => {
          tries += 1;
          return !(error instanceof DetailedError && error.originalResponse?.getStatus() === 415);
        },
        onError: reject,
        onSuccess: () => resolve({ url: upload.url, tries }),
      });
      upload.start();
    }),

  async uppy() {
    const [{ Uppy }, { default: Tus }] = await Promise.all([import("@uppy/core"), import("@uppy/tus")]);
    let tries = 1;
    const uppy = new Uppy({ autoProceed: false }).use(Tus, {
      ...options,
      onShouldRetry(error, attempt, _options, next) {
        tries += 1;
        return next(error);
      },
    });
    // Outside a browser its uploader takes buffers, which know their length by another name than blobs.
    uppy.addFile({ name: "sealed", type: "application/octet-stream", data: Object.assign(bytes, { size: bytes.length }) });
    const result = await uppy.upload();
    const [failed] = result.failed;
    if (failed) throw new Error(failed.error);
    return { url: result.successful[0].uploadURL, tries };
  },
};

const run = clients[client];
if (!run) throw new Error(`one of: ${Object.keys(clients).join(", ")}`);
process.stdout.write(JSON.stringify(await run()));
process.exit(0);
