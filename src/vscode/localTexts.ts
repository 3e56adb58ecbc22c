/** How moments and numbers are written in a person's language. Moments are milliseconds since 1970. */
export interface LocalTexts {
	/** Date and time. */
	readonly full: (at: number) => string;
	/** The time alone where the moment is less than half a day away. */
	readonly short: (at: number) => string;
	/** The same for a narrow view: without seconds, and the day alone where the moment is further away. */
	readonly brief: (at: number) => string;
	readonly number: (value: number) => string;
	/** In a few characters: large numbers are rounded, small ones are not. */
	readonly rough: (value: number) => string;
}

const halfADay = 12 * 3_600_000;

/** @param language as VS Code is shown in. */
export function localTexts(language: string, now: number): LocalTexts {
	const isNear = (at: number) => Math.abs(at - now) < halfADay;
	const full = (at: number) => new Date(at).toLocaleString(language, { dateStyle: "medium", timeStyle: "medium" });
	return {
		full,
		short: (at) =>
			isNear(at)
				? new Date(at).toLocaleTimeString(language, { timeStyle: "medium" })
				: new Date(at).toLocaleString(language, { dateStyle: "medium", timeStyle: "short" }),
		brief: (at) =>
			isNear(at)
				? new Date(at).toLocaleTimeString(language, { timeStyle: "short" })
				: new Date(at).toLocaleDateString(language, { month: "short", day: "numeric" }),
		number: (value) => value.toLocaleString(language),
		rough: (value) => value.toLocaleString(language, { notation: "compact", maximumFractionDigits: 1 }),
	};
}
