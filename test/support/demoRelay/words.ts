/** What the last user text asks of the demo, in square brackets: `[long 500] [call read_file {"path": "a"}]`. */
export interface Word {
	readonly name: WordName;
	/** Empty where it has none. */
	readonly argument: string;
}

const wordNames = [
	// Of the transport and of errors: `Steering`.
	...["long", "silent", "cut", "status", "gzip", "slow", "beat"],
	// The parts of the reply, in their order: `script.ts`.
	...["think", "hide", "say", "refuse", "cite", "search", "image", "call"],
	// How it ends, and what it says it took.
	...["end", "usage", "fail", "halt", "mixed"],
] as const;
export type WordName = (typeof wordNames)[number];

const beginning = new RegExp(`\\[(${wordNames.join("|")})(?: |(?=\\]))`, "g");
/** Words stand at an end of the text; the middle of a long prompt is not searched. */
const searched = 1000;

/** Places of a word in a text, brackets included. */
interface Found extends Word {
	readonly from: number;
	readonly to: number;
}

export function wordsIn(text: string): readonly Word[] {
	const ends = text.length > 2 * searched ? text.slice(0, searched) + text.slice(-searched) : text;
	return found(ends).map(({ name, argument }) => ({ name, argument }));
}

/** A text without the words at its end. */
export function withoutWords(text: string): string {
	const end = text.slice(-searched);
	let rest = text.slice(0, -searched);
	let from = 0;
	for (const word of found(end)) {
		rest += end.slice(from, word.from);
		from = word.to;
	}
	return rest + end.slice(from);
}

function found(text: string): readonly Found[] {
	const words: Found[] = [];
	beginning.lastIndex = 0;
	for (let match = beginning.exec(text); match; match = beginning.exec(text)) {
		const to = closing(text, beginning.lastIndex);
		if (to === null) continue;
		const argument = text.slice(beginning.lastIndex, to).trim();
		words.push({ name: match[1] as WordName, argument, from: match.index, to: to + 1 });
		beginning.lastIndex = to + 1;
	}
	return words;
}

/** Where the bracket closes that was opened before `from`. The argument may be JSON with brackets of its own. */
function closing(text: string, from: number): number | null {
	let brackets = 0;
	let braces = 0;
	let quoted = false;
	for (let place = from; place < text.length; place += 1) {
		const sign = text[place];
		if (quoted) {
			if (sign === "\\") place += 1;
			else if (sign === '"') quoted = false;
		} else if (sign === '"' && braces > 0) quoted = true;
		else if (sign === "{") braces += 1;
		else if (sign === "}") braces -= 1;
		else if (sign === "[") brackets += 1;
		else if (sign === "]") {
			if (brackets === 0) return place;
			brackets -= 1;
		}
	}
	return null;
}
