import assert from "node:assert/strict";
import { readEnvelope, withModel } from "../../../src/proxy/envelope.ts";

const read = (text: string) => readEnvelope(Buffer.from(text));
const modelOf = (text: string) => read(text)?.model?.name ?? null;

describe("envelope", () => {
	const models: readonly [why: string, body: string, model: string | null][] = [
		["a plain body", '{"model":"gpt-5","messages":[]}', "gpt-5"],
		["a model at the end, after white space", '{ "messages" : [ ] ,\r\n\t"model" : "m" }\n', "m"],
		["the last of several", '{"model":"first","model":"last"}', "last"],
		["not one inside another value", '{"metadata":{"model":"inner"},"input":[{"model":"x"}],"model":"outer"}', "outer"],
		["not one inside a string", String.raw`{"prompt":"\"model\":\"fake\"","model":"real"}`, "real"],
		["a string that ends in backslashes", String.raw`{"prompt":"\\\\","model":"m"}`, "m"],
		["brackets inside strings", '{"a":["]}","{["],"model":"m"}', "m"],
		["a key written with escapes", String.raw`{"mod\u0065l":"m"}`, "m"],
		["a value written with escapes", String.raw`{"model":"caf\u00e9\/x"}`, "café/x"],
		["unicode", '{"emoji":"😀","model":"模型"}', "模型"],
		["no model", '{"messages":[]}', null],
		["a model that is no string", '{"model":{"name":"x"}}', null],
		["a number after a name", '{"model":"a","model":7}', null],
		["an empty object", "{}", null],
		["a key that is longer than any looked for", `{"${"k".repeat(500)}":1,"model":"m"}`, "m"],
	];
	for (const [why, body, model] of models) {
		it(`finds the model: ${why}`, () => {
			assert.notEqual(read(body), null);
			assert.equal(modelOf(body), model);
			// The reference: what a full parse says.
			const parsed = (JSON.parse(body) as { model?: unknown }).model;
			assert.equal(model, typeof parsed === "string" ? parsed : null);
		});
	}

	for (const body of [
		"",
		"null",
		"[]",
		'"x"',
		"{",
		'{"a"',
		'{"a":',
		'{"a":1',
		'{"a":"unfinished',
		'{"a":[1}',
		"{}x",
		'{"a":1,}',
		"{,}",
		'{"a" 1}',
		"model=x",
	]) {
		it(`takes ${JSON.stringify(body)} for no JSON object`, () => assert.equal(read(body), null));
	}

	const streams: readonly [body: string, stream: boolean | null][] = [
		['{"stream":true}', true],
		['{"stream" : false\n}', false],
		["{}", null],
		['{"stream":null}', null],
		['{"stream":"true"}', null],
		['{"stream":true,"stream":false}', false],
		['{"stream_options":{"stream":true}}', null],
	];
	for (const [body, stream] of streams) {
		it(`takes ${body} for stream ${stream}`, () => assert.equal(read(body)?.stream, stream));
	}

	const limits: readonly [body: string, asksOne: boolean][] = [
		['{"max_tokens":1}', true],
		['{"max_completion_tokens": 1 }', true],
		['{"max_output_tokens":1.0}', true],
		['{"generationConfig":{"temperature":0,"maxOutputTokens":1}}', true],
		['{"generation_config":{"max_output_tokens":"1"}}', true],
		['{"max_tokens":10}', false],
		['{"max_tokens":"one"}', false],
		['{"max_tokens":null}', false],
		['{"max_tokens":[1]}', false],
		['{"max_tokens":1,"max_tokens":100}', false],
		['{"generationConfig":{"maxOutputTokens":1,"maxOutputTokens":64}}', false],
		['{"generationConfig":[1]}', false],
		['{"generationConfig":{no json}}', false],
		['{"messages":[{"max_tokens":1}]}', false],
		["{}", false],
	];
	for (const [body, asksOne] of limits) {
		it(`${asksOne ? "sees" : "sees no"} probe of one token in ${body}`, () => {
			assert.equal(read(body)?.asksOneToken, asksOne);
		});
	}

	it("does not stumble over a body that nests deeper than any stack", () => {
		const deep = 200_000;
		const body = `{"messages":${"[".repeat(deep)}${"]".repeat(deep)},"model":"m"}`;
		assert.equal(modelOf(body), "m");
	});

	it("replaces the model by its byte range and leaves every other byte", () => {
		const body = Buffer.from('{ "a":"é\\"" , "model" :\t"old\\u0041" ,"b":[1, 2]}');
		const model = readEnvelope(body)?.model;
		assert.ok(model);
		assert.equal(
			withModel(body, model, 'new "name"').toString(),
			'{ "a":"é\\"" , "model" :\t"new \\"name\\"" ,"b":[1, 2]}',
		);
	});

	it("agrees with a full parse on bodies cut at any byte: only the whole one is an object", () => {
		const whole = Buffer.from(String.raw`{"x":[{"y":"a\"b"}],"model":"m","n":-1.5e3,"s":"é"}`);
		for (let length = 0; length < whole.length; length += 1) {
			assert.equal(readEnvelope(whole.subarray(0, length)), null, `cut at ${length}`);
		}
		assert.equal(readEnvelope(whole)?.model?.name, "m");
	});
});
