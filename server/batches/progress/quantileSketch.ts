import type { Distribution } from '../../protocol/metrics.ts';

/**
 * Minimum, median and maximum of any number of values in memory that doesn't grow with them: values are counted in
 * buckets whose bounds grow by a constant factor, so that each value is known to within `relativeError`.
 */
export class QuantileSketch {
  /** How many values lie in (growth^(n-1), growth^n]; the first bucket is for those up to 1. As long as is needed. */
  #buckets = new Uint32Array(0);
  #zeros = 0;
  #count = 0;
  #min = Infinity;
  #max = 0;

  /** @param value a number that isn't negative: milliseconds or bytes */
  add(value: number): void {
    this.#count++;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
    if (value <= 0) {
      this.#zeros++;
      return;
    }
    const bucket = Math.min(mostBuckets - 1, Math.max(0, Math.ceil(Math.log(value) / logGrowth)));
    if (bucket >= this.#buckets.length) this.#grow(bucket + 1);
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
  }

  /** Undefined when there are no values. */
  distribution(): Distribution | undefined {
    if (this.#count === 0) return undefined;
    const median = Math.round(this.quantile(0.5));
    const max = Math.round(this.#max);
    return {
      min: Math.round(this.#min),
      median,
      max,
      ...(median > 0 && { skew: Math.round((max / median) * 100) / 100 }),
    };
  }

  /**
   * The value that this share of the values, from 0 to 1, doesn't exceed: that of an actual rank, never one between two
   * values. 0 when there are none.
   */
  quantile(share: number): number {
    const rank = Math.max(1, Math.ceil(share * this.#count));
    let seen = this.#zeros;
    if (seen >= rank) return 0;
    for (const [bucket, count] of this.#buckets.entries()) {
      seen += count;
      // The value that is as far, in proportion, from the bucket's lower bound as from its upper.
      if (seen >= rank) return this.#within((2 * growth ** bucket) / (1 + growth));
    }
    return this.#count === 0 ? 0 : this.#max;
  }

  #within(value: number): number {
    return Math.min(this.#max, Math.max(this.#min, value));
  }

  #grow(length: number): void {
    const grown = new Uint32Array(Math.min(mostBuckets, Math.ceil(length / step) * step));
    grown.set(this.#buckets);
    this.#buckets = grown;
  }
}

export const relativeError = 0.05;
const growth = (1 + relativeError) / (1 - relativeError);
const logGrowth = Math.log(growth);
/** Enough for the greatest whole number. */
export const mostBuckets = Math.ceil(Math.log(Number.MAX_SAFE_INTEGER) / logGrowth) + 1;
const step = 32;
