import assert from 'node:assert/strict';
import {
  mostBuckets,
  QuantileSketch,
  relativeError,
} from '../../../../server/batches/progress/quantileSketch.ts';

const sketchOf = (values: readonly number[]): QuantileSketch => {
  const sketch = new QuantileSketch();
  for (const value of values) sketch.add(value);
  return sketch;
};

/** The value of that rank, by sorting. */
function exact(values: readonly number[], share: number): number {
  const value = values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(share * values.length) - 1)];
  assert.ok(value !== undefined);
  return value;
}

/** Numbers that are the same in every run (a linear congruential generator), from 0 to 1. */
function* numbers(count: number): Generator<number> {
  let state = 42;
  for (let n = 0; n < count; n++) {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    yield state / 2 ** 32;
  }
}

const spreads: Record<string, number[]> = {
  even: [...numbers(5000)].map(n => Math.round(n * 10_000)),
  'over many orders of magnitude': [...numbers(5000)].map(n => Math.round(10 ** (n * 15))),
  skewed: [...numbers(5000)].map((n, index) => Math.round(index % 50 === 0 ? n * 1e9 : 100 + n * 10)),
  'all the same': Array.from({ length: 100 }, () => 12_345),
  'bounds of buckets': Array.from({ length: 300 }, (_, n) => 1.1 ** n),
  one: [7],
  two: [7, 700],
  'with zeros': [0, 0, 0, 5, 6, 7, 8, 9],
};

describe('batches/progress/quantileSketch', () => {
  for (const [name, values] of Object.entries(spreads)) {
    it(`is as near as it says: ${name}`, () => {
      const sketch = sketchOf(values);
      for (const share of [0, 0.01, 0.25, 0.5, 0.75, 0.9, 0.99, 1]) {
        const wanted = exact(values, share);
        const found = sketch.quantile(share);
        assert.ok(
          Math.abs(found - wanted) <= relativeError * wanted * (1 + 1e-9),
          `${share}: ${found} instead of ${wanted}`,
        );
      }
      const distribution = sketch.distribution();
      assert.equal(distribution?.min, Math.round(Math.min(...values)));
      assert.equal(distribution.max, Math.round(Math.max(...values)));
    });
  }

  it('gives the skew, unless half of the values are 0', () => {
    assert.deepEqual(sketchOf([10, 10, 10, 10]).distribution(), { min: 10, median: 10, max: 10, skew: 1 });
    const skewed = sketchOf([100, 100, 100, 1000]).distribution();
    assert.ok(skewed?.skew !== undefined && skewed.skew > 9.4 && skewed.skew < 10.6, String(skewed?.skew));
    assert.deepEqual(sketchOf([0, 0, 0, 9]).distribution(), { min: 0, median: 0, max: 9 });
  });

  it('has nothing to say of nothing', () => {
    assert.equal(sketchOf([]).distribution(), undefined);
    assert.equal(sketchOf([]).quantile(0.5), 0);
  });

  it('has room for every whole number, and keeps its size', () => {
    const sketch = sketchOf([1, Number.MAX_SAFE_INTEGER]);
    assert.equal(sketch.quantile(1), Number.MAX_SAFE_INTEGER);
    assert.ok(mostBuckets < 400, String(mostBuckets));
  });
});
