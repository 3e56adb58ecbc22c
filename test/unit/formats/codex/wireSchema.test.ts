import assert from "node:assert/strict";
import fc from "fast-check";
import { strictSchema } from "../../../../src/formats/codex/strictSchema.ts";
import { wireSchema } from "../../../../src/formats/codex/wireSchema.ts";
import type { JsonSchema } from "../../../../src/formats/conversation.ts";
import { objectSchemas } from "../../../support/valueArbitraries.ts";

const a = { type: "string" };
const b = { type: "number" };
const inside = (schema: JsonSchema): JsonSchema => ({ type: "object", properties: { x: schema } });

describe("a schema for the Codex backend", () => {
	const cases: readonly (readonly [what: string, given: JsonSchema | undefined, sent: JsonSchema, isLooser?: true])[] =
		[
			["nothing", undefined, { type: "object", properties: {} }],
			["an object within", inside({ type: "object" }), inside({ type: "object", properties: {} })],
			["a list of anything", inside({ type: "array" }), inside({ type: "array", items: {} })],
			["anything", inside({ type: "array", items: true }), inside({ type: "array", items: {} })],
			[
				"a tuple",
				inside({ type: "array", prefixItems: [a, b, a], items: false }),
				inside({ type: "array", items: { anyOf: [a, b] }, maxItems: 3 }),
				true,
			],
			[
				"an old tuple",
				inside({ type: "array", items: [a], additionalItems: b }),
				inside({ type: "array", items: { anyOf: [a, b] } }),
				true,
			],
			[
				"a reference at the top",
				{ $ref: "#/$defs/n", $defs: { n: inside(a) } },
				{ ...inside(a), $defs: { n: inside(a) } },
			],
			["a top without a type", { properties: { x: a } }, { type: "object", properties: { x: a } }],
			[
				"alternatives at the top",
				{
					anyOf: [
						{ type: "object", properties: { k: { const: 1 }, x: a }, required: ["k", "x"] },
						{ type: "object", properties: { k: { const: 2 } }, required: ["k"] },
					],
				},
				{ type: "object", properties: { k: { const: 1 }, x: a }, required: ["k"] },
				true,
			],
			[
				"parts at the top",
				{ allOf: [{ properties: { x: a }, required: ["x"] }, { properties: { y: b } }] },
				{ type: "object", properties: { x: a, y: b }, required: ["x"] },
				true,
			],
		];
	for (const [what, given, schema, isLooser = false] of cases) {
		it(`stands for ${what}`, () => {
			assert.deepEqual(wireSchema(given), { schema, isLooser });
		});
	}

	it("is the same when it is made a second time", () => {
		fc.assert(
			fc.property(objectSchemas, (schema) => {
				const once = wireSchema(schema).schema;
				assert.deepEqual(wireSchema(once), { schema: once, isLooser: false });
			}),
		);
	});

	it("keeps members with any name", () => {
		const given: JsonSchema = JSON.parse('{"type":"object","properties":{"__proto__":{"type":"object"}}}');
		assert.equal(
			JSON.stringify(wireSchema(given).schema),
			'{"type":"object","properties":{"__proto__":{"type":"object","properties":{}}}}',
		);
	});
});

describe("a strict schema", () => {
	const all = (schema: JsonSchema): JsonSchema => ({ ...inside(schema), required: ["x"] });

	it("closes every object, however deep", () => {
		const given = {
			...all({ anyOf: [{ type: "array", items: all(a) }, { $ref: "#/$defs/n" }] }),
			$defs: { n: all(b) },
		};
		const closed = (schema: JsonSchema) => ({ ...all(schema), additionalProperties: false });
		assert.deepEqual(strictSchema(given), {
			...closed({ anyOf: [{ type: "array", items: closed(a) }, { $ref: "#/$defs/n" }] }),
			$defs: { n: closed(b) },
		});
	});

	const impossible: readonly (readonly [what: string, schema: JsonSchema])[] = [
		["a member that may be missing", inside(a)],
		["a member that may be missing within", all(inside(a))],
		["members of any name", { type: "object", properties: {}, additionalProperties: a }],
		["anything", all({})],
		["a format that it does not know", all({ type: "string", format: "uri" })],
		["what must not be", all({ type: "string", not: { const: "x" } })],
		["a default", all({ type: "string", default: "x" })],
		["no object", { type: "string" }],
	];
	for (const [what, schema] of impossible) {
		it(`cannot have ${what}`, () => {
			assert.equal(strictSchema(schema), null);
		});
	}
});
