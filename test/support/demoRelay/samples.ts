import { objectOf, objectsOf } from "./answer.ts";

/** Arguments that fit the schema well enough for a client to run the tool. */
export function sampleObject(schema: unknown): Record<string, unknown> {
	const properties = objectOf(objectOf(schema)?.["properties"]) ?? {};
	return Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, sample(name, property)]));
}

function sample(name: string, schema: unknown): unknown {
	const { type, enum: choices, const: only, anyOf } = objectOf(schema) ?? {};
	if (only !== undefined) return only;
	if (Array.isArray(choices) && choices.length > 0) return choices[0];
	if (Array.isArray(anyOf)) return sample(name, objectsOf(anyOf)[0]);
	switch (String(Array.isArray(type) ? type[0] : type).toLowerCase()) {
		case "number":
		case "integer":
			return 1;
		case "boolean":
			return true;
		case "array":
			return [];
		case "object":
			return sampleObject(schema);
		case "null":
			return null;
		default:
			return /city|place|location/i.test(name) ? "Reykjavík" : "demo";
	}
}
