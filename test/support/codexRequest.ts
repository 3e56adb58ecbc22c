/** A request as Codex CLI 0.169 sends it, its members in its order; the words are this project's. */
export interface CodexRequest {
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
}

export const codexIds = {
	thread: "01a20952-53ad-7702-bf51-b1b9f6405ef2",
	turn: "01a20952-53c9-75a2-bc39-0ea106ae89f6",
	installation: "0a440288-a7ec-47be-9fa6-b17e6ebfa77c",
	contextWindow: "01a20952-53b3-74c0-9eef-6c61c114817e",
} as const;

const { thread, turn, installation, contextWindow } = codexIds;
const window = `${thread}:0`;

/** What it says of its turn, in a header and in the body alike. */
const turnMetadata = JSON.stringify({
	installation_id: installation,
	session_id: thread,
	thread_id: thread,
	agent_name: "/root",
	turn_id: turn,
	window_id: window,
	window_number: 0,
	context_window_id: contextWindow,
	request_kind: "turn",
	root_turn_id: turn,
	sandbox: "none",
	turn_started_at_unix_ms: 1_795_452_720_078,
	model: "gpt-5.6",
});

const metadata = {
	root_turn_id: turn,
	turn_id: turn,
	session_id: thread,
	"x-codex-installation-id": installation,
	"x-codex-window-id": window,
	thread_id: thread,
	"x-codex-turn-metadata": turnMetadata,
};

const said = (role: string, text: string) => ({
	type: "message",
	id: `msg_${role}`,
	role,
	content: [{ type: role === "assistant" ? "output_text" : "input_text", text }],
});

const defaultInput: readonly object[] = [
	said("developer", "You help in a terminal. “Ünïcode” \u{1F980} and \\ too."),
	said("user", 'say "hi", with "model":"fake" in it'),
	{
		type: "function_call",
		status: "completed",
		id: "fc_1",
		name: "exec",
		arguments: '{"cmd":"echo hi"}',
		call_id: "c1",
	},
	{ type: "function_call_output", id: "fco_1", call_id: "c1", output: "hi\n" },
];

/** It sends no instructions where the model has none of its own. */
export function codexRequest(changes: Readonly<Record<string, unknown>> = {}): CodexRequest {
	const body = {
		model: "gpt-5.6",
		stream: true,
		input: defaultInput,
		tools: [{ type: "function", name: "exec", description: "Runs.", strict: false, parameters: { type: "object" } }],
		tool_choice: "auto",
		parallel_tool_calls: true,
		reasoning: { summary: "auto" },
		store: false,
		include: ["reasoning.encrypted_content"],
		prompt_cache_key: thread,
		client_metadata: metadata,
		...changes,
	};
	return {
		headers: {
			"x-codex-beta-features": "remote_compaction_v2",
			"x-codex-window-id": window,
			"x-codex-turn-metadata": turnMetadata,
			"x-client-request-id": thread,
			"session-id": thread,
			"thread-id": thread,
			accept: "text/event-stream",
			"content-type": "application/json",
			originator: "codex_exec",
			"user-agent": "codex_exec/0.169.0",
		},
		body: JSON.stringify(body),
	};
}
