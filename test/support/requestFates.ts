import type { Format } from "../../src/accounts/account.ts";
import { Malformed, Untranslatable } from "../../src/formats/translation.ts";
import { translations } from "../../src/formats/translations.ts";
import { completed } from "./sdkTypes/completed.ts";
import { sampleRequest } from "./sdkTypes/sampleFields.ts";

/** What becomes of a field of a request that is to be translated. */
export interface Fate {
	readonly kind: "carried" | "dropped" | "refused";
	/** The names that were dropped, or why it is refused. */
	readonly words: string;
}

/** Reads the smallest request that has the field. */
export function fateOf(format: Format, path: string): Fate {
	const body = completed(format, sampleRequest(format, path));
	try {
		const { losses } = translations[format].readRequest({ body, stream: false });
		const own = losses.filter((loss) => isAbout(loss, path));
		return { kind: own.length === 0 ? "carried" : "dropped", words: losses.join(", ") };
	} catch (error) {
		if (error instanceof Malformed || error instanceof Untranslatable) return { kind: "refused", words: error.message };
		throw error;
	}
}

/** Whether a name in `x-relay-dropped` means the field, something around it, or, where it is a kind or a whole, something in it. */
function isAbout(loss: string, path: string): boolean {
	const lost = plain(loss);
	const isWhole = /[\]*]$/.test(path);
	// Readers name tools and contents that they do not know by their kinds.
	const kinds = [...path.matchAll(/\[type=([^\],*]*)[^\]]*\]/g)];
	const byKind = kinds.map(
		(kind) => `${path.slice(0, kind.index)}.${kind[1]}${path.slice(kind.index + kind[0].length)}`,
	);
	const names = [path, ...byKind].map(plain);
	return names.some(
		(own) => own === lost || own.startsWith(`${lost}.`) || (isWhole && (lost.startsWith(`${own}.`) || own === lost)),
	);
}

function plain(path: string): string {
	return path.replace(/\.\*$/, "").replace(/\[[^\]]*\]/g, "");
}

/** What a row says that is not so, for people; null where it may be so. @param told the row's words, and those it refers to. */
export function contradiction(told: string, { kind, words }: Fate): string | null {
	// A row may tell of several cases; the sample is one of them.
	const hasCases = /except|unless|where|else/i.test(told);
	switch (kind) {
		case "carried":
			return /^(?:dropped|refused)/.test(told) && !hasCases ? "it is taken" : null;
		case "dropped":
			return /dropped/i.test(told) ? null : `it is dropped: ${words}`;
		case "refused":
			return /refused|400/i.test(told) ? null : `it is refused: ${words}`;
	}
}
