/** What a launcher wants to know of a compiled class. */
export interface ClassSummary {
  /** As Java writes it: `com.example.Outer$Inner`. */
  name: string;
  /** The class file's major version: 61 is Java 17, 65 Java 21. */
  majorVersion: number;
  /** Public, with a `public static void main(String[])` of its own: one that spark-submit can call. */
  hasMain: boolean;
}

/**
 * Reads a class file: The Java Virtual Machine Specification, chapter 4. Only what leads to the methods is looked at;
 * the code isn't. Throws RangeError when the bytes are no class file or end too early.
 */
export function readClassFile(bytes: Uint8Array): ClassSummary {
  const input = new ClassInput(bytes);
  if (input.u4() !== 0xcafebabe) throw new RangeError('Not a class file: the magic number is missing.');
  input.skip(2); // minor_version
  const majorVersion = input.u2();
  const pool = readConstantPool(input);
  const accessFlags = input.u2();
  const name = pool.className(input.u2());
  input.skip(2); // super_class
  input.skip(2 * input.u2()); // interfaces
  skipFields(input);
  const hasMain = (accessFlags & PUBLIC) !== 0 && declaresMain(input, pool);
  return { name: name.replaceAll('/', '.'), majorVersion, hasMain };
}

/** The parameter and return type that `main` must have, as a class file spells it (4.3.3). */
export const mainDescriptor = '([Ljava/lang/String;)V';

// Access flags, tables 4.1-B and 4.6-A.
const PUBLIC = 0x0001;
const STATIC = 0x0008;

// Constant pool tags, table 4.4-A.
const UTF8 = 1;
const LONG = 5;
const DOUBLE = 6;
const CLASS = 7;

/** How many bytes follow the tag of each constant of a fixed size (4.4). */
const sizes: ReadonlyMap<number, number> = new Map([
  [3, 4], // Integer
  [4, 4], // Float
  [LONG, 8],
  [DOUBLE, 8],
  [CLASS, 2],
  [8, 2], // String
  [9, 4], // Fieldref
  [10, 4], // Methodref
  [11, 4], // InterfaceMethodref
  [12, 4], // NameAndType
  [15, 3], // MethodHandle
  [16, 2], // MethodType
  [17, 4], // Dynamic
  [18, 4], // InvokeDynamic
  [19, 2], // Module
  [20, 2], // Package
]);

interface ConstantPool {
  className(index: number): string;
  /** Whether the constant is this text, which has ASCII characters alone. */
  isText(index: number, text: string): boolean;
}

function readConstantPool(input: ClassInput): ConstantPool {
  const count = input.u2();
  const texts = new Map<number, Uint8Array>();
  const classes = new Map<number, number>();
  for (let index = 1; index < count; index++) {
    const tag = input.u1();
    if (tag === UTF8) {
      texts.set(index, input.take(input.u2()));
    } else if (tag === CLASS) {
      classes.set(index, input.u2());
    } else {
      const size = sizes.get(tag);
      if (size === undefined) throw new RangeError(`Not a class file: unknown constant tag ${tag}.`);
      input.skip(size);
      // 4.4.5: a long or a double counts as two constants.
      if (tag === LONG || tag === DOUBLE) index++;
    }
  }
  const text = (index: number): Uint8Array => {
    const found = texts.get(index);
    if (!found) throw new RangeError(`Not a class file: constant ${index} should be a text.`);
    return found;
  };
  return {
    // Modified UTF-8 differs from UTF-8 only in U+0000 and what lies beyond the 16-bit plane: not in names one types.
    className: index => Buffer.from(text(classes.get(index) ?? 0)).toString('utf8'),
    isText: (index, wanted) => Buffer.from(wanted).equals(text(index)),
  };
}

function skipFields(input: ClassInput): void {
  for (let left = input.u2(); left > 0; left--) {
    input.skip(6); // access_flags, name_index, descriptor_index
    skipAttributes(input);
  }
}

function declaresMain(input: ClassInput, pool: ConstantPool): boolean {
  for (let left = input.u2(); left > 0; left--) {
    const flags = input.u2();
    const name = input.u2();
    const descriptor = input.u2();
    const callable = (flags & (PUBLIC | STATIC)) === (PUBLIC | STATIC);
    if (callable && pool.isText(name, 'main') && pool.isText(descriptor, mainDescriptor)) return true;
    skipAttributes(input);
  }
  return false;
}

function skipAttributes(input: ClassInput): void {
  for (let left = input.u2(); left > 0; left--) {
    input.skip(2); // attribute_name_index
    input.skip(input.u4());
  }
}

/** Big-endian, as all of a class file is (4.1). Reading beyond the end throws RangeError. */
class ClassInput {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u1(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  u2(): number {
    return this.#view.getUint16(this.#advance(2));
  }

  u4(): number {
    return this.#view.getUint32(this.#advance(4));
  }

  take(length: number): Uint8Array {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  skip(length: number): void {
    this.#advance(length);
  }

  #advance(length: number): number {
    const start = this.#at;
    if (start + length > this.#bytes.length) throw new RangeError('Not a class file: it ends too early.');
    this.#at = start + length;
    return start;
  }
}
