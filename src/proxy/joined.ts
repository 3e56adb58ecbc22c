/** Several chunks as one; a single one as it is, without a copy. */
export function joined(chunks: readonly Buffer[]): Buffer {
	const [first] = chunks;
	return chunks.length === 1 && first ? first : Buffer.concat(chunks);
}
