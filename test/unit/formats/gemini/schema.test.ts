import assert from "node:assert/strict";
import { readSchema, writeSchema } from "../../../../src/formats/gemini/schema.ts";

describe("Google's schemas, read as JSON Schema", () => {
	const cases: readonly (readonly [string, object, object])[] = [
		[
			"types",
			{ type: "OBJECT", properties: { a: { type: "STRING" } } },
			{ type: "object", properties: { a: { type: "string" } } },
		],
		["no type", { type: "TYPE_UNSPECIFIED", description: "any" }, { description: "any" }],
		["null beside a type", { type: "STRING", nullable: true }, { type: ["string", "null"] }],
		[
			"null beside words",
			{ type: "STRING", format: "enum", enum: ["a"], nullable: true },
			{ type: ["string", "null"], enum: ["a", null] },
		],
		[
			"null beside alternatives",
			{ anyOf: [{ type: "STRING" }, { type: "NUMBER" }], nullable: true },
			{ anyOf: [{ type: "string" }, { type: "number" }, { type: "null" }] },
		],
		["no null", { type: "STRING", nullable: false }, { type: "string" }],
		[
			"whole numbers as text",
			{ type: "ARRAY", items: { type: "STRING", maxLength: "9" }, minItems: "1" },
			{ type: "array", items: { type: "string", maxLength: 9 }, minItems: 1 },
		],
		["numbers to choose from", { type: "INTEGER", enum: ["1", "2"] }, { type: "integer", enum: [1, 2] }],
		["an example", { type: "STRING", example: "x" }, { type: "string", examples: ["x"] }],
		[
			"names of the proto file",
			{ type: "array", min_items: "2", any_of: [{ type: "STRING" }] },
			{ type: "array", minItems: 2, anyOf: [{ type: "string" }] },
		],
		[
			"properties that are called like keywords",
			{
				type: "OBJECT",
				properties: { type: { type: "STRING" }, nullable: { type: "BOOLEAN" }, max_items: { type: "NUMBER" } },
			},
			{
				type: "object",
				properties: { type: { type: "string" }, nullable: { type: "boolean" }, max_items: { type: "number" } },
			},
		],
		[
			"what is JSON Schema already",
			{
				type: "object",
				properties: { a: { $ref: "#/$defs/a" } },
				$defs: { a: { type: "STRING" } },
				additionalProperties: false,
			},
			{
				type: "object",
				properties: { a: { $ref: "#/$defs/a" } },
				$defs: { a: { type: "string" } },
				additionalProperties: false,
			},
		],
	];
	for (const [what, schema, expected] of cases) {
		it(`with ${what}`, () => {
			assert.deepEqual(readSchema(schema as Record<string, unknown>), expected);
		});
	}

	it("with an order of properties as the order of the members", () => {
		const schema = readSchema({
			type: "OBJECT",
			properties: { a: { type: "STRING" }, b: { type: "STRING" }, c: { type: "STRING" } },
			propertyOrdering: ["c", "a", "gone"],
		});
		assert.deepEqual(Object.keys(schema["properties"] as object), ["c", "a", "b"]);
		assert.equal("propertyOrdering" in schema, false);
	});
});

describe("JSON Schema, written for Gemini", () => {
	const cases: readonly (readonly [string, object, object])[] = [
		["one value that is allowed", { const: "a" }, { enum: ["a"] }],
		["a value that is no word", { const: true }, { const: true }],
		[
			"a tuple of the older kind",
			{ type: "array", items: [{ const: 1 }] },
			{ type: "array", prefixItems: [{ enum: [1] }] },
		],
		[
			"what follows such a tuple",
			{ items: [{}], additionalItems: { type: "string" } },
			{ prefixItems: [{}], items: { type: "string" } },
		],
		[
			"definitions of the older kind",
			{ properties: { a: { $ref: "#/definitions/x" } }, definitions: { x: { const: 1 } } },
			{ properties: { a: { $ref: "#/$defs/x" } }, $defs: { x: { enum: [1] } } },
		],
		[
			"a reference with words beside it",
			{ properties: { a: { $ref: "#/$defs/x", description: "An x." } } },
			{ properties: { a: { description: "An x.", anyOf: [{ $ref: "#/$defs/x" }] } } },
		],
		[
			"a reference with definitions beside it",
			{ $ref: "#/$defs/x", $defs: { x: {} } },
			{ $ref: "#/$defs/x", $defs: { x: {} } },
		],
		[
			"alternatives, unions, limits",
			{ oneOf: [{ type: ["string", "null"] }], exclusiveMinimum: 0, additionalProperties: false },
			{ oneOf: [{ type: ["string", "null"] }], exclusiveMinimum: 0, additionalProperties: false },
		],
		[
			"a property that is called const",
			{ properties: { const: { type: "string" } } },
			{ properties: { const: { type: "string" } } },
		],
	];
	for (const [what, schema, expected] of cases) {
		it(`with ${what}`, () => {
			const written = writeSchema(schema as Record<string, unknown>);
			assert.deepEqual(written, expected);
			assert.deepEqual(writeSchema(written), written);
		});
	}
});
