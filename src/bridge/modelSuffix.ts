/** How hard a model is to think. */
const effortSuffixes = ["none", "minimal", "low", "medium", "high", "xhigh"] as const;
export type SuffixEffort = (typeof effortSuffixes)[number];

/** How quickly, and at which price: `-fast` is what the backend calls `priority`. */
const tierSuffixes = { fast: "priority", flex: "flex" } as const;
export type SuffixTier = (typeof tierSuffixes)[keyof typeof tierSuffixes];

/** A model of a ChatGPT account, as a client's name for it says. */
export interface SuffixedModel {
	/** The backend's own name. */
	readonly model: string;
	/** Null: the name does not say. */
	readonly effort: SuffixEffort | null;
	readonly tier: SuffixTier | null;
}

/**
 * Reads `<model>[-<effort>][-fast|-flex]`. A name that the backend itself lists is never cut: a model of its own may end in
 * `-high`.
 * @param known what the account's backend lists; null: not known yet.
 */
export function readModelSuffix(name: string, known: readonly string[] | null): SuffixedModel {
	const whole: SuffixedModel = { model: name, effort: null, tier: null };
	if (known?.includes(name)) return whole;
	const tierName = Object.keys(tierSuffixes).find((suffix) => endsIn(name, suffix));
	const tier = tierName === "fast" || tierName === "flex" ? tierSuffixes[tierName] : null;
	const rest = tierName === undefined ? name : name.slice(0, -tierName.length - 1);
	if (tier !== null && known?.includes(rest)) return { model: rest, effort: null, tier };
	const effort = effortSuffixes.find((suffix) => endsIn(rest, suffix)) ?? null;
	const model = effort === null ? rest : rest.slice(0, -effort.length - 1);
	return { model, effort, tier };
}

function endsIn(name: string, suffix: string): boolean {
	return name.length > suffix.length + 1 && name.endsWith(`-${suffix}`);
}
