import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { before, describe, it } from "mocha";
import { ensureAgents } from "../../../scripts/agents/agentInstall.ts";
import { type AgentName, agentPackages } from "../../../scripts/agents/agentPackages.ts";
import { root } from "../../../scripts/build/shipped.ts";
import { answerFor } from "../../support/agentRelay/script.ts";
import type { ScriptPart } from "../../support/demoRelay/script.ts";
import { type AccountKind, accountKinds, formatOfKind, labelOf } from "./agentAccount.ts";
import { type RoundTrip, runRoundTrip } from "./roundTrip.ts";
import { knownCalls, type Speaker, speakers } from "./speakers.ts";

/** Milliseconds; an install is a download of up to 400 MB. */
const installPatience = 900_000;
const testPatience = 120_000;

/** The tests of one agent: each format that it speaks, on an account of each of the four. */
export function describeAgent(agent: AgentName): void {
	const { title, version } = agentPackages[agent];
	describe(`${title} ${version}`, () => {
		before(async function () {
			this.timeout(installPatience);
			await ensureAgents([agent]);
		});
		for (const speaker of speakers.filter((one) => one.agent === agent)) {
			describe(`speaking ${speaker.format}${speaker.note === undefined ? "" : `, ${speaker.note}`}`, () => {
				for (const kind of accountKinds) {
					const way = speaker.format === formatOfKind(kind) ? "directly" : "translated";
					const place = kind === "chatGpt" ? "a ChatGPT account" : `an account of ${kind}`;
					it(`reads files and answers from them on ${place}, ${way}`, async function () {
						this.timeout(testPatience);
						await readsFile(speaker, kind);
					});
				}
			});
		}
	});
}

async function readsFile(speaker: Speaker, kind: AccountKind): Promise<void> {
	const trip = await runRoundTrip(speaker, kind);
	try {
		assert.ok(trip.output.includes(answerFor(trip.words)), "The agent did not say what the files hold.");
		assert.equal(trip.exitCode, 0, "The agent ended with an error.");
		checkAccount(trip);
		checkProxy(trip, speaker, kind);
		if (speaker.keepsSeals) checkSeals(trip);
		const unexpected = trip.outside.filter((call) => !knownCalls[speaker.agent]?.some((known) => known.test(call)));
		assert.deepEqual(unexpected, [], "The agent wanted something of the internet.");
	} catch (error) {
		const what = error instanceof Error ? error.message : String(error);
		throw new Error(`${what}${await evidence(trip, speaker, kind)}`, { cause: error });
	}
}

/** The account refused nothing, was asked nothing twice, and never saw the local key. */
function checkAccount({ exchanges, violations, localKey }: RoundTrip): void {
	assert.deepEqual(
		exchanges.filter(({ status }) => status !== 200).map(({ request, refusal }) => `${request.url}: ${refusal}`),
		[],
		"The account refused something.",
	);
	const bodies = new Set(exchanges.map(({ request }) => request.body.toString("utf8")));
	assert.equal(bodies.size, exchanges.length, "The agent asked once more for what it had been told.");
	const calls = exchanges.flatMap(({ parts }) => parts).filter(({ kind }) => kind === "call");
	assert.equal(new Set(calls.map(told)).size, calls.length, "The agent ran a tool once more.");
	const betrayed = exchanges.filter(({ request }) => JSON.stringify(request.rawHeaders).includes(localKey));
	assert.deepEqual(betrayed, [], "The account was told the local key.");
	assert.deepEqual(violations, [], "The account was told what is none of its business.");
}

/** The agent came to the account through the proxy, with the local key, and in its own format. */
function checkProxy({ records, exchanges }: RoundTrip, speaker: Speaker, kind: AccountKind): void {
	const answered = records.filter(({ account }) => account !== null);
	assert.equal(answered.length, exchanges.length);
	for (const { format: spoken, account, status } of answered) {
		assert.deepEqual(
			{ spoken, account: account?.label, status },
			{ spoken: speaker.format, account: labelOf(kind), status: 200 },
		);
	}
}

/** The account got back, as it was, what it had sealed of the thinking before its calls. Foreign seals it refuses. */
function checkSeals({ exchanges }: RoundTrip): void {
	const given = exchanges
		.filter(({ parts }) => parts.some(({ kind }) => kind === "call"))
		.flatMap(({ answer }) => answer.match(demoSeal) ?? []);
	const last = exchanges.at(-1)?.request.body.toString("utf8") ?? "";
	const lost = [...new Set(given)].filter((seal) => !last.includes(seal));
	assert.deepEqual(lost, [], "A seal did not come back.");
}

/** Base64 of what begins with "demo ". */
const demoSeal = /ZGVtbyB[A-Za-z0-9+/]+={0,2}/g;

/** For a failed test: what the agent said, and what the account was asked; whole bodies in files. */
async function evidence(trip: RoundTrip, speaker: Speaker, kind: AccountKind): Promise<string> {
	const folder = join(root, "out", "agents", `${speaker.agent}-${speaker.format}-${speaker.models[0]}-on-${kind}`);
	await mkdir(folder, { recursive: true });
	const asked: string[] = [];
	for (const [index, { request, status, refusal, parts }] of trip.exchanges.entries()) {
		await writeFile(join(folder, `${index + 1}.json`), request.body);
		asked.push(`${request.method} ${request.url} → ${status} ${refusal}`, ...parts.map((part) => `    ${told(part)}`));
	}
	const served = trip.records.map(
		({ method, path, status, error, dropped }) =>
			`${method} ${path} → ${status} ${error ?? ""}${dropped.length > 0 ? `(dropped: ${dropped.join(", ")})` : ""}`,
	);
	return [
		`\n\nThe agent ended with ${trip.exitCode} and said:\n${trip.output}`,
		`\nThe proxy was asked:\n${served.join("\n") || "nothing"}`,
		`\nThe account was asked (bodies in ${folder}):\n${asked.join("\n") || "nothing"}\n`,
	].join("\n");
}

function told(part: ScriptPart): string {
	if (part.kind === "call") return `calls ${part.tool.name}: ${part.input}`;
	return "pieces" in part ? `${part.kind}: ${part.pieces.join("")}` : part.kind;
}
