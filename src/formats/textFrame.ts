import { randomUUID } from "node:crypto";

/** Writes what is the same each time but for one text. */
export type TextFrame = (text: string) => string;

/** Stands where the text will; nobody can have it in a model's name. */
const mark = randomUUID();
const quotedMark = JSON.stringify(mark);

/**
 * Has what is around the text written once, for nearly all of a stream is one such event after another.
 * @param write puts the text into JSON, once and as a string of its own; whatever does otherwise is asked each time.
 */
export function textFrame(write: TextFrame): TextFrame {
	const [before, after, ...others] = write(mark).split(quotedMark);
	if (before === undefined || after === undefined || others.length > 0) return write;
	return (text) => before + JSON.stringify(text) + after;
}
