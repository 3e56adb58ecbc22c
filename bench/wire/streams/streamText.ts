/** What the upstream streams in one format, in the shape in which that format's own service streams it. */
export interface StreamText {
	/** The head, and the first word with it. */
	readonly opening: (model: string) => string;
	/** @param sentAt microseconds of the machine's monotonic clock. */
	readonly pacedEvent: (model: string, sequence: number, sentAt: number) => string;
	/** @param said the words of all paced events. */
	readonly closing: (model: string, said: readonly string[]) => string;
}

export const firstWord = "First";

/** What a paced event says. */
export function pacedWord(sequence: number, sentAt: number): string {
	return `${sequence}@${sentAt} `;
}

/** Tokens that every stream tells. */
export const tokens = { input: 21, output: 34 };
