import assert from 'node:assert/strict';
import { zstdCompressSync } from 'node:zlib';
import { ZstdFrames } from '../../../../server/batches/progress/zstdFrames.ts';

/** Of all sizes: nothing, less than a block, many blocks. */
const texts = ['one\n', '', `${'two '.repeat(300_000)}\n`, 'three\n', randomText(500_000), 'four\n'];
const frames = texts.map(text => zstdCompressSync(Buffer.from(text)));
const whole = texts.join('');

function randomText(length: number): string {
  let state = 7;
  return Array.from({ length }, () => {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    return String.fromCharCode(97 + Math.floor((state / 2 ** 32) * 26));
  }).join('');
}

async function decode(chunks: Iterable<Buffer>): Promise<{ text: string; broken: boolean }> {
  const pieces: Buffer[] = [];
  const decoder = new ZstdFrames(data => pieces.push(Buffer.from(data)));
  for (const chunk of chunks) await decoder.push(chunk);
  decoder.close();
  return { text: Buffer.concat(pieces).toString(), broken: decoder.broken };
}

function* cut(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe('batches/progress/zstdFrames', () => {
  it('decodes frame after frame, wherever the chunks are cut', async () => {
    const bytes = Buffer.concat(frames);
    for (const size of [bytes.length, 256 * 1024, 1000, 61]) {
      assert.deepEqual(await decode(cut(bytes, size)), { text: whole, broken: false }, `${size}`);
    }
  });

  it('decodes chunks that end where frames do', async () => {
    assert.deepEqual(await decode(frames), { text: whole, broken: false });
  });

  it('hands on what there is before it asks for more', async () => {
    let text = '';
    const decoder = new ZstdFrames(data => (text += data.toString()));
    let expected = '';
    for (const [index, frame] of frames.entries()) {
      await decoder.push(frame.subarray(0, 5));
      assert.equal(text, expected);
      await decoder.push(frame.subarray(5));
      expected += texts[index] ?? '';
      assert.equal(text.length, expected.length);
    }
    decoder.close();
  });

  it('stops at what is no zstd', async () => {
    const [first] = frames;
    assert.ok(first);
    const { text, broken } = await decode([first, Buffer.from('no frame'), first]);
    assert.equal(text, 'one\n');
    assert.equal(broken, true);
  });
});
