/** How moments and numbers are written in a person's language. Moments are milliseconds since 1970. */
export interface LocalTexts {
	/** Date and time. */
	readonly full: (at: number) => string;
	/** The time alone where the moment is less than half a day away. */
	readonly short: (at: number) => string;
	readonly number: (value: number) => string;
}

const halfADay = 12 * 3_600_000;

/** @param language as VS Code is shown in. */
export function localTexts(language: string, now: number): LocalTexts {
	const full = (at: number) => new Date(at).toLocaleString(language, { dateStyle: "medium", timeStyle: "medium" });
	return {
		full,
		short: (at) =>
			Math.abs(at - now) < halfADay
				? new Date(at).toLocaleTimeString(language, { timeStyle: "medium" })
				: new Date(at).toLocaleString(language, { dateStyle: "medium", timeStyle: "short" }),
		number: (value) => value.toLocaleString(language),
	};
}
