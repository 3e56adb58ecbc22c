import type { Fields } from "../fields.ts";

/** A number, or the text of one: protobuf's JSON takes both. */
export function numberIn(fields: Fields, name: string): number | undefined {
	const value = fields.take(name);
	if (typeof value !== "string" || value.trim() === "") return fields.number(name);
	const number = Number(value);
	return Number.isFinite(number) ? number : fields.wrong(name, "a number");
}
