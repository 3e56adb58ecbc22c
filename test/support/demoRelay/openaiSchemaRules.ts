import { objectOf } from "./answer.ts";
import { type Body, firstInSchema, isObjectSchema, type Refusal, refusal } from "./rules.ts";

/** What OpenAI asks of the parameters of a function. */
export function parametersRefusal(name: string, parameters: unknown, strict: boolean, param: string): Refusal | null {
	if (parameters === undefined || parameters === null) return null;
	const schema = objectOf(parameters);
	const wrong = (why: string) =>
		refusal(`Invalid schema for function '${name}': ${why}`, param, "invalid_function_parameters");
	if (schema?.["type"] !== "object")
		return wrong(`schema must be a JSON Schema of 'type: "object"', got 'type: "${schema?.["type"] ?? "None"}"'.`);
	const top = ["oneOf", "anyOf", "allOf", "enum", "not"].find((word) => schema[word] !== undefined);
	if (top !== undefined) {
		return wrong("schema must have type 'object' and not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level.");
	}
	const why = arrayFault(schema) ?? (strict ? strictFault(schema) : null);
	return why === null ? null : wrong(why);
}

/** What OpenAI asks of the schema of a reply. */
export function formatRefusal(name: string, schema: unknown, strict: boolean, param: string): Refusal | null {
	const record = objectOf(schema);
	const wrong = (why: string) => refusal(`Invalid schema for response_format '${name}': ${why}`, param);
	if (record?.["type"] !== "object")
		return wrong(`schema must be a JSON Schema of 'type: "object"', got 'type: "${record?.["type"] ?? "None"}"'.`);
	const why = strict ? strictFault(record) : null;
	return why === null ? null : wrong(why);
}

function arrayFault(schema: Body): string | null {
	return firstInSchema(schema, ({ type, items, prefixItems }) =>
		type === "array" && items === undefined && prefixItems === undefined
			? "In context=(), array schema missing items."
			: null,
	);
}

/** In strict mode every object is closed and needs all its members; some words of JSON Schema are not known. */
function strictFault(schema: Body): string | null {
	return firstInSchema(schema, (inner) => {
		const refused = ["prefixItems", "oneOf", "allOf", "not", "if", "patternProperties"].find(
			(word) => inner[word] !== undefined,
		);
		if (refused !== undefined) return `In context=(), '${refused}' is not permitted.`;
		if (!isObjectSchema(inner)) return null;
		if (inner["additionalProperties"] !== false) {
			return "In context=(), 'additionalProperties' is required to be supplied and to be false.";
		}
		const required = Array.isArray(inner["required"]) ? inner["required"] : [];
		const missing = Object.keys(objectOf(inner["properties"]) ?? {}).find((name) => !required.includes(name));
		return missing === undefined
			? null
			: `In context=(), 'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`;
	});
}
