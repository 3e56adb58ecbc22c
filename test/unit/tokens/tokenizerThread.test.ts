import assert from "node:assert/strict";
import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import { TokenizerThread } from "../../../src/proxy/tokenizerThread.ts";

describe("the tokenizer", () => {
	let tokenizer: TokenizerThread;

	beforeEach(() => {
		tokenizer = new TokenizerThread();
	});
	afterEach(() => tokenizer.close());

	it("starts no thread before it is asked", () => {
		assert.equal(tokenizer.isAlive, false);
	});

	it("counts what the library counts, several questions at once", async () => {
		const texts = ["Hello, world!", "Größe 汉字 😀", "const x = () => 42;\n\n\n"];
		const counts = await Promise.all(texts.map((text) => tokenizer.count([text])));
		assert.deepEqual(
			counts,
			texts.map((text) => countTokens(text)),
		);
		assert.equal(
			await tokenizer.count(texts),
			counts.reduce((sum, tokens) => sum + tokens, 0),
		);
		assert.equal(await tokenizer.count([]), 0);
	});

	it("takes names of control tokens for words", async () => {
		assert.ok((await tokenizer.count(["<|endoftext|>"])) > 1);
		assert.ok((await tokenizer.count(["<|im_start|>system<|im_end|>"])) > 3);
	});

	it("leaves its own thread free for others while it counts", async () => {
		await tokenizer.count([""]);
		let counted = false;
		let turns = 0;
		const turn = (): void => {
			turns += 1;
			if (!counted) setImmediate(turn);
		};
		setImmediate(turn);
		await tokenizer.count(["a b ".repeat(500_000)]);
		counted = true;
		assert.ok(turns > 10, `${turns} turns`);
	});

	it("ends after a while without questions, and starts again", async () => {
		const hasty = new TokenizerThread(0);
		assert.equal(await hasty.count(["a"]), 1);
		while (hasty.isAlive) await new Promise((resolve) => setTimeout(resolve));
		assert.equal(await hasty.count(["a"]), 1);
		await hasty.close();
	});

	it("tells who waits that it was closed", async () => {
		const counting = assert.rejects(tokenizer.count(["a"]), /closed/);
		await tokenizer.close();
		await counting;
		assert.equal(await tokenizer.count(["a"]), 1);
	});
});
