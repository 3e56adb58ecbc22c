/** Where a person was on the page. Nothing typed is in it: VS Code may write it to disk. */
export interface Place {
	readonly scroll: number;
	readonly focus: string;
	readonly advancedOpen: boolean;
}

export const startPlace: Place = { scroll: 0, focus: "", advancedOpen: false };

export function readPlace(value: unknown): Place {
	if (typeof value !== "object" || value === null) return startPlace;
	const { scroll, focus, advancedOpen } = value as Partial<Record<keyof Place, unknown>>;
	return {
		scroll: typeof scroll === "number" ? scroll : startPlace.scroll,
		focus: typeof focus === "string" ? focus : startPlace.focus,
		advancedOpen: advancedOpen === true,
	};
}
