/** Bytes of a float32. */
const floatSize = 4;

function isVector(value: unknown): value is readonly number[] {
	return Array.isArray(value) && value.length > 0 && value.every((number) => typeof number === "number");
}

/** The same, where all of them are vectors and as many as expected; else null. */
export function vectorsOf(values: readonly unknown[], expected: number): readonly (readonly number[])[] | null {
	const vectors = values.filter(isVector);
	return vectors.length === values.length && vectors.length === expected ? vectors : null;
}

/** Base64 of float32 in little-endian order. */
export function packVector(vector: readonly number[]): string {
	const bytes = Buffer.alloc(vector.length * floatSize);
	for (const [place, value] of vector.entries()) bytes.writeFloatLE(value, place * floatSize);
	return bytes.toString("base64");
}

/** @returns null where the text is no such vector. */
export function unpackVector(text: string): readonly number[] | null {
	const bytes = Buffer.from(text, "base64");
	if (bytes.length === 0 || bytes.length % floatSize !== 0) return null;
	return Array.from({ length: bytes.length / floatSize }, (_, place) => bytes.readFloatLE(place * floatSize));
}
