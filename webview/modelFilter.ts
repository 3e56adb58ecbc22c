/** The models whose names hold every word of the filter, ignoring case, in the relay's order. */
export function filterModels(models: readonly string[], filter: string): readonly string[] {
	const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
	return models.filter((model) => words.every((word) => model.toLowerCase().includes(word)));
}

/** Adds or removes one model, keeping the order of the others. */
export function withModel(allowed: readonly string[], model: string, chosen: boolean): readonly string[] {
	const others = allowed.filter((one) => one !== model);
	if (!chosen) return others;
	return allowed.includes(model) ? allowed : [...allowed, model];
}
