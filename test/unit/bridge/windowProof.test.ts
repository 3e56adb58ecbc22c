import assert from "node:assert/strict";
import {
	answerAsOwner,
	askOwner,
	askToAttach,
	readAttachQuestion,
	readOwnerAnswer,
} from "../../../src/bridge/windowProof.ts";

describe("proof between windows", () => {
	it("tells the owner's local key to a window that knows the control token", () => {
		const question = askOwner("token", 14680);
		const answer = answerAsOwner("token", 14680, question.header, "local-key");
		assert.equal(readOwnerAnswer("token", 14680, question.nonce, answer), "local-key");
	});

	it("tells nothing to an asker with another token, or for another port", () => {
		assert.equal(answerAsOwner("token", 14680, askOwner("other", 14680).header, "local-key"), null);
		assert.equal(answerAsOwner("token", 14680, askOwner("token", 14681).header, "local-key"), null);
		for (const header of ["", ".", "nonce.", "nonce.proof", "a.b.c"]) {
			assert.equal(answerAsOwner("token", 14680, header, "local-key"), null);
		}
	});

	it("believes no program that does not know the token, nor an answer to another question", () => {
		const question = askOwner("token", 14680);
		const other = answerAsOwner("token", 14680, askOwner("token", 14680).header, "local-key");
		assert.equal(readOwnerAnswer("token", 14680, question.nonce, other), null);
		const stranger = answerAsOwner("other", 14680, askOwner("other", 14680).header, "their-key");
		assert.equal(readOwnerAnswer("token", 14680, question.nonce, stranger), null);
		for (const answer of [null, undefined, "text", {}, { sealed: 1 }, { sealed: "" }, { sealed: question.header }]) {
			assert.equal(readOwnerAnswer("token", 14680, question.nonce, answer), null);
		}
	});

	it("tells nothing to a stranger who asks an overheard question again", () => {
		const overheard = askOwner("token", 14680).header;
		const answer = answerAsOwner("token", 14680, overheard, "local-key");
		const bytes = Buffer.from(answer?.sealed ?? "", "base64");
		assert.ok(!bytes.includes("local-key"));
		assert.ok(!JSON.stringify(answer).includes("local-key"));
		// Not the same twice either: two answers cannot be compared to learn whether the key has changed.
		assert.notDeepEqual(answerAsOwner("token", 14680, overheard, "local-key"), answer);
	});

	it("is asked for each purpose by itself", () => {
		const question = askToAttach("token", 14680);
		assert.equal(readAttachQuestion("token", 14680, question.header), question.nonce);
		assert.equal(readAttachQuestion("other", 14680, question.header), null);
		assert.equal(readAttachQuestion("token", 14681, question.header), null);
		assert.equal(readAttachQuestion("token", 14680, askOwner("token", 14680).header), null);
		assert.equal(answerAsOwner("token", 14680, question.header, "local-key"), null);
	});
});
