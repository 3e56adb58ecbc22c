import assert from "node:assert/strict";

interface Message {
	readonly role: string;
	readonly content: readonly { readonly type: string; readonly [name: string]: unknown }[];
}

/** The rules of the API that the types do not tell. */
export function assertTaken(body: {
	readonly messages: readonly Message[];
	readonly max_tokens: number;
	readonly thinking?: { readonly type: string; readonly budget_tokens?: number };
	readonly tool_choice?: { readonly type: string };
	readonly tools?: readonly { readonly name: string }[];
	readonly temperature?: number;
	readonly top_k?: number;
	readonly stop_sequences?: readonly string[];
}): void {
	const { messages, thinking, tool_choice, tools = [], temperature, max_tokens } = body;
	assert.equal(messages[0]?.role, "user");
	const ids = new Set<unknown>();
	for (const [place, { role, content }] of messages.entries()) {
		const next = messages[place + 1];
		assert.ok(content.length > 0, "a message is not empty");
		assert.notEqual(next?.role, role, "roles take turns");
		if (role === "system") assert.equal(messages[place - 1]?.role, "user");
		if (role === "system" && next !== undefined) assert.equal(next.role, "assistant");
		for (const block of content) if (block.type === "text") assert.notEqual(String(block["text"]).trim(), "");
		const called = content.filter(({ type }) => type === "tool_use").map(({ id }) => id);
		for (const id of called) {
			assert.ok(!ids.has(id), "ids are unique");
			ids.add(id);
		}
		const first = (next?.content ?? []).slice(0, called.length);
		assert.deepEqual(
			new Set(first.map((block) => block["tool_use_id"])),
			new Set(called.length > 0 ? called : first.map(() => undefined)),
		);
		const results = (next?.content ?? []).filter(({ type }) => type === "tool_result");
		assert.equal(results.length, called.length, "each call has one result, and no result is without a call");
	}
	const last = messages.at(-1);
	if (last?.role === "assistant") {
		const end = last.content.at(-1);
		assert.equal(end?.type, "text");
		assert.equal(String(end?.["text"]), String(end?.["text"]).trimEnd());
	}
	if (thinking?.type === "enabled") {
		assert.ok((thinking.budget_tokens ?? 0) >= 1024 && (thinking.budget_tokens ?? 0) < max_tokens);
		assert.notEqual(last?.role, "assistant");
		const question = messages.findLastIndex(
			({ role, content }) => role === "user" && !content.some(({ type }) => type === "tool_result"),
		);
		const work = messages.slice(question + 1).flatMap(({ role, content }) => (role === "assistant" ? content : []));
		if (work.some(({ type }) => type === "tool_use")) assert.match(work[0]?.type ?? "", /thinking/);
	}
	const thinks = thinking !== undefined && thinking.type !== "disabled";
	if (thinks) {
		assert.ok(!["any", "tool"].includes(tool_choice?.type ?? ""), "no call is forced with thinking");
		assert.ok((temperature ?? 1) === 1 && body.top_k === undefined);
	}
	assert.ok(temperature === undefined || (temperature >= 0 && temperature <= 1));
	if (tool_choice !== undefined) assert.ok(tools.length > 0);
	assert.equal(new Set(tools.map(({ name }) => name)).size, tools.length, "names are unique");
	for (const { name } of tools) assert.match(name, /^[a-zA-Z0-9_-]{1,128}$/);
	assert.ok((JSON.stringify(body).match(/"cache_control":/g) ?? []).length <= 4);
	for (const sequence of body.stop_sequences ?? []) assert.notEqual(sequence.trim(), "");
}
