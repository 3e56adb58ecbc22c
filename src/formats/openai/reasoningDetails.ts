import { isRecord } from "../modelList.ts";

/** The words in OpenRouter's `reasoning_details`; what is encrypted has none. */
export function detailsText(details: readonly unknown[]): string {
	return details
		.filter(isRecord)
		.map(({ text, summary }) => [text, summary].find((words) => typeof words === "string") ?? "")
		.join("");
}

/**
 * Joins the pieces in which a stream brings them: what follows and says the same of itself goes on with what came before.
 * OpenRouter wants them back whole and in order.
 */
export function joinDetails(pieces: readonly unknown[]): readonly unknown[] {
	const joined: unknown[] = [];
	let run: Run | null = null;
	for (const piece of pieces) {
		if (run !== null && isRecord(piece) && goesOn(run.last, piece)) {
			run.add(piece);
			continue;
		}
		if (run !== null) joined.push(run.whole);
		run = isRecord(piece) ? new Run(piece) : null;
		if (run === null) joined.push(piece);
	}
	return run === null ? joined : [...joined, run.whole];
}

type Detail = Readonly<Record<string, unknown>>;

const growing = ["text", "summary"];

/** Pieces of one detail. Their words are joined once: there may be tens of thousands. */
class Run {
	/** The detail so far, with the words of a single piece. */
	last: Detail;
	readonly #words = new Map<string, string[]>();

	constructor(first: Detail) {
		this.last = first;
		this.#keepWords(first);
	}

	add(piece: Detail): void {
		this.last = { ...this.last, ...Object.fromEntries(Object.entries(piece).filter(([, value]) => value !== null)) };
		this.#keepWords(piece);
	}

	get whole(): Detail {
		const words = [...this.#words].map(([name, pieces]) => [name, pieces.join("")] as const);
		return { ...this.last, ...Object.fromEntries(words) };
	}

	#keepWords(piece: Detail): void {
		for (const name of growing) {
			const words = piece[name];
			if (typeof words !== "string") continue;
			const before = this.#words.get(name) ?? [];
			before.push(words);
			this.#words.set(name, before);
		}
	}
}

function goesOn(last: Detail, piece: Detail): boolean {
	const grows = growing.some((name) => typeof piece[name] === "string" || typeof last[name] === "string");
	return grows && piece["type"] === last["type"] && (piece["index"] ?? last["index"]) === last["index"];
}
