import { type FieldReading, readAs, refuse, shown } from "./fieldProblem.ts";

/** In characters as people count them, not UTF-16 units. */
export const longestLabel = 60;

/** Control characters, line separators, and the marks that turn the direction of the text around them. */
export const notText = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

/** What leaves no ink: spaces, format characters, fillers, and the blank Braille cell. */
const unseen = /[\s\p{Z}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/gu;

export function readLabel(value: unknown, takenLabels: readonly string[]): FieldReading<string> {
	const label = typeof value === "string" ? value.trim().normalize("NFC") : "";
	if (isUnseen(label)) return refuse("label", "labelEmpty");
	// A lone surrogate cannot be written into a header, percent-encoded or not.
	if ([...label].length > longestLabel || notText.test(label) || !label.isWellFormed()) {
		return refuse("label", "labelInvalid", shown(label));
	}
	if (takenLabels.some((taken) => isSameLabel(taken, label))) return refuse("label", "labelTaken", label);
	return readAs(label);
}

/** Labels are told apart without regard to case. */
export function isSameLabel(one: string, other: string): boolean {
	return labelKey(one) === labelKey(other);
}

/** The same for labels that are the same. */
export function labelKey(label: string): string {
	return label.normalize("NFC").toLowerCase();
}

/** The nearest label that `readLabel` takes; null when nothing is left to be seen. Idempotent. */
export function cleanLabel(text: string): string | null {
	const label = cutLabel(text.toWellFormed().normalize("NFC").replaceAll(everyNotText, " "), "");
	return isUnseen(label) ? null : label;
}

/** `label` with `ending`, cut before the ending so that both together are no longer than a label may be. */
export function cutLabel(label: string, ending: string): string {
	const room = longestLabel - [...ending].length;
	return [...label.trim()].slice(0, room).join("").trim() + ending;
}

const everyNotText = new RegExp(notText, "gu");

function isUnseen(label: string): boolean {
	return label.replaceAll(unseen, "") === "";
}
