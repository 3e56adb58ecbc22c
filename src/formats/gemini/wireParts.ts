import type { Part, PartMediaResolutionLevel } from "@google/genai";

export type ResolutionLevel = `${PartMediaResolutionLevel}`;

/** A part as it is written: the SDK's type with the words of its enums as they stand in JSON. */
export type WirePart = Omit<Part, "mediaResolution"> & {
	readonly mediaResolution?: { readonly level: ResolutionLevel };
};

export interface WireContent {
	readonly role?: "user" | "model";
	readonly parts: readonly WirePart[];
}
