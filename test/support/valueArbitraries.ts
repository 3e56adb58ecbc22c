import fc from "fast-check";
import type { JsonSchema, MediaSource } from "../../src/formats/conversation.ts";

/** What cutting, escaping and counting go wrong with: beyond 16 bits, joined, right to left, half a character, line ends of JavaScript. */
const hardCharacters = [
	"😀",
	"👩‍👩‍👧",
	"🇮🇸",
	"e\u0301",
	"שלום",
	"\ud83d",
	"\u2028",
	"\u0000",
	"\r\n",
	"\\",
	'"',
	"</",
	"data: ",
];

/** Never empty. */
export const texts: fc.Arbitrary<string> = fc.string({
	unit: fc.oneof(
		{ weight: 6, arbitrary: fc.constantFrom(..."abc xyz.,0") },
		{ weight: 2, arbitrary: fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }) },
		{ weight: 1, arbitrary: fc.constantFrom(...hardCharacters) },
	),
	minLength: 1,
	maxLength: 24,
});

/** Fits every format; unlike a number, which would move in an object. */
export const names: fc.Arbitrary<string> = fc.stringMatching(/^[a-z_][a-zA-Z0-9_]{0,20}$/);

/** For `fc.record`: any of the members; a plain object, as deep comparisons ask for. */
export const anyOf: { readonly requiredKeys: []; readonly noNullPrototype: true } = {
	requiredKeys: [],
	noNullPrototype: true,
};

/** As `JSON.parse` gives it: no negative zero; a member may be called `__proto__`. */
export const jsonObjects: fc.Arbitrary<Readonly<Record<string, unknown>>> = fc
	.dictionary(
		fc.oneof(names, texts, fc.constant("__proto__")),
		fc.oneof(
			{ weight: 2, arbitrary: texts },
			{ weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2, stringUnit: "grapheme" }) },
		),
		{ maxKeys: 3, noNullPrototype: true },
	)
	.map((object) => JSON.parse(JSON.stringify(object)));

/** The JSON text of an object, as short as it can be and with its members where an object would have them. */
export const objectTexts: fc.Arbitrary<string> = jsonObjects.map((object) => JSON.stringify(object));

const describedSchema = (schema: JsonSchema): fc.Arbitrary<JsonSchema> =>
	fc.option(texts, { nil: null }).map((description) => (description === null ? schema : { ...schema, description }));

const { schemas } = fc.letrec<{ schemas: JsonSchema; objects: JsonSchema }>((tie) => ({
	schemas: fc
		.oneof(
			{ depthSize: "small", withCrossShrink: true },
			fc.constantFrom<JsonSchema>(
				{ type: "string" },
				{ type: "integer", minimum: 0, maximum: 9 },
				{ type: "number" },
				{ type: "boolean" },
				{ type: "string", enum: ["red", "green"] },
			),
			tie("objects"),
			tie("schemas").map((items) => ({ type: "array", items })),
			fc.tuple(tie("schemas"), tie("schemas")).map((anyOf) => ({ anyOf })),
		)
		.chain(describedSchema),
	objects: fc.dictionary(names, tie("schemas"), { maxKeys: 3, noNullPrototype: true }).chain((properties) =>
		fc.subarray(Object.keys(properties)).map((required) => ({
			type: "object",
			properties,
			...(required.length === 0 ? {} : { required }),
		})),
	),
}));

/** What strict JSON Schema has and a smaller dialect may lack. */
const hardSchemas: readonly JsonSchema[] = [
	{ type: "object" },
	{ type: "object", properties: {}, additionalProperties: false },
	{
		type: "object",
		properties: { next: { $ref: "#/$defs/node" } },
		$defs: { node: { type: "object", properties: { next: { anyOf: [{ $ref: "#/$defs/node" }, { type: "null" }] } } } },
	},
	{ type: "object", properties: { pair: { type: "array", prefixItems: [{ type: "string" }, { type: "number" }] } } },
	{ type: "object", properties: { kind: { const: "circle" }, size: { type: ["number", "null"] } } },
];

/** Schemas of objects. */
export const objectSchemas: fc.Arbitrary<JsonSchema> = fc.oneof(
	{ weight: 2, arbitrary: fc.dictionary(names, schemas, { maxKeys: 3, noNullPrototype: true }).map(objectOf) },
	{ weight: 1, arbitrary: fc.constantFrom(...hardSchemas) },
);

function objectOf(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
	return { type: "object", properties, required: Object.keys(properties) };
}

export const base64: fc.Arbitrary<string> = fc
	.uint8Array({ minLength: 1, maxLength: 12 })
	.map((bytes) => Buffer.from(bytes).toString("base64"));

export function mediaData(mediaTypes: readonly string[]): fc.Arbitrary<MediaSource> {
	return fc
		.tuple(fc.constantFrom(...mediaTypes), base64)
		.map(([mediaType, data]) => ({ kind: "data", mediaType, data }));
}

/** @param mediaTypes told with the URL; null where the format does not tell it. */
export function mediaUrls(mediaTypes: readonly string[] | null): fc.Arbitrary<MediaSource> {
	return fc
		.tuple(fc.webUrl(), fc.constantFrom(...(mediaTypes ?? [null])))
		.map(([url, mediaType]) => ({ kind: "url", url, ...(mediaType === null ? {} : { mediaType }) }));
}
