const mostNames = 5;

/** The known names that share most with a name, best first; none that share almost nothing, and not the name itself. */
export function nearestNames(name: string, known: readonly string[]): readonly string[] {
	const wanted = pairsOf(name);
	return known
		.filter((candidate) => candidate !== name)
		.map((candidate) => ({ candidate, score: overlap(wanted, pairsOf(candidate)) }))
		.filter(({ score }) => score > 0.25)
		.sort((a, b) => b.score - a.score)
		.slice(0, mostNames)
		.map(({ candidate }) => candidate);
}

function pairsOf(name: string): ReadonlySet<string> {
	const lower = name.toLowerCase();
	return new Set(Array.from({ length: Math.max(0, lower.length - 1) }, (_, index) => lower.slice(index, index + 2)));
}

/** Sørensen–Dice coefficient of the letter pairs. */
function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
	let shared = 0;
	for (const pair of a) if (b.has(pair)) shared += 1;
	return (2 * shared) / Math.max(1, a.size + b.size);
}
