import type { ts } from "ts-morph";
import { alternatives, membersOf, wordsOf } from "./typeReading.ts";

/** Members that tell the kinds of an object apart, in the order in which they are looked for. */
const tellingMembers = ["type", "role"];

export interface Kind {
	readonly words: readonly string[];
	readonly types: readonly ts.Type[];
}

export interface Kinds {
	/** The member that tells them apart. */
	readonly told: string;
	readonly kinds: readonly Kind[];
}

/** The kinds of object among some types; null where they are of one kind, or nothing tells them apart. */
export function kindsOf(types: readonly ts.Type[]): Kinds | null {
	for (const told of tellingMembers) {
		let kinds: readonly Kind[] = [];
		for (const type of types) {
			const member = membersOf(type).find(({ name }) => name === told);
			const words = member === undefined ? null : wordsOf(alternatives(member.type));
			if (words === null) {
				kinds = [];
				break;
			}
			kinds = withType(kinds, { words: [...new Set(words.map(withoutDate))], types: [type] });
		}
		if (kinds.length > 1) return { told, kinds };
	}
	return null;
}

/** Types that share a word are of one kind. */
function withType(kinds: readonly Kind[], kind: Kind): readonly Kind[] {
	const isSame = (other: Kind) => other.words.some((word) => kind.words.includes(word));
	const same = [...kinds.filter(isSame), kind];
	const joined = {
		words: [...new Set(same.flatMap(({ words }) => words))],
		types: same.flatMap(({ types }) => types),
	};
	return [...kinds.filter((other) => !isSame(other)), joined];
}

/** Versions of one kind are one: `bash_20250124` is `bash_*`. */
function withoutDate(word: string): string {
	return word.replace(/_\d{4}_?\d{2}_?\d{2}$/, "_*");
}
