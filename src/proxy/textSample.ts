/** Characters of a piece: the tokenizer's work grows with the square of a text that has no gaps. */
const pieceLength = 512;
/** How far back from its end a piece looks for a gap. */
const lookBack = 64;

/** What is counted of some texts. */
export interface TextSample {
	readonly pieces: readonly string[];
	/** The part of all characters that the pieces have, more than 0. */
	readonly share: number;
}

/**
 * Cuts texts into pieces, best before a space, where a token ends in any case. Of more than `limit` characters it takes
 * some, spread evenly, so that the work has an end however long the texts are.
 */
export function sampleTexts(texts: readonly string[], limit: number): TextSample {
	const total = texts.reduce((sum, text) => sum + text.length, 0);
	const wanted = total > limit ? limit / total : 1;
	const pieces: string[] = [];
	let passed = 0;
	let taken = 0;
	for (const text of texts) {
		for (let start = 0; start < text.length; ) {
			const end = pieceEnd(text, start);
			passed += end - start;
			if (wanted === 1 || taken < passed * wanted) {
				pieces.push(text.slice(start, end));
				taken += end - start;
			}
			start = end;
		}
	}
	return { pieces, share: passed === 0 ? 1 : taken / passed };
}

function pieceEnd(text: string, start: number): number {
	const end = start + pieceLength;
	if (end >= text.length) return text.length;
	for (let place = end; place > end - lookBack; place -= 1) {
		if (text[place] === " " && text[place - 1] !== " ") return place;
	}
	return isLowSurrogate(text.charCodeAt(end)) ? end - 1 : end;
}

function isLowSurrogate(unit: number): boolean {
	return unit >= 0xdc00 && unit <= 0xdfff;
}
