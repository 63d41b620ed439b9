/**
 * Writes, and waits while the reader is behind.
 *
 * @throws the stream's error; `EPIPE` when the reader has gone
 */
export function write(output: NodeJS.WritableStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    output.write(text, (error) => (error === null || error === undefined ? resolve() : reject(error)));
  });
}
